package repo
import ("testing";"os";"fmt";"context";"strings";"time")
func TestZZTry(t *testing.T){
 for _,root:=range strings.Fields(os.Getenv("TRY")){
  tree,err:=OpenDir(root); if err!=nil{t.Fatal(err)}
  s,err:=Open(context.Background(),tree,nil); if err!=nil{t.Fatal(err)}
  at:=time.Now(); n:=len(s.Pipelines()); d1:=time.Since(at); at=time.Now(); jobs:=s.CIJobs(); d2:=time.Since(at); at=time.Now(); fl:=s.WorkflowFlows(); d3:=time.Since(at)
  at=time.Now(); np:=0; for _,w:=range s.Workflows(){ps,err:=w.Problems(); if err!=nil{fmt.Println("ERR",w.Path,err)}; np+=len(ps)
   for _,p:=range ps{ l,_:=w.Position(p.Span.Start); if os.Getenv("P")!=""{fmt.Printf("  problem %s:%d fatal=%v [%s] %.150s\n",w.Path,l,p.Fatal,p.Kind,p.Message)}}}
  d4:=time.Since(at)
  fmt.Println("=====",root,n,"pipelines",d1,len(jobs),"jobs",d2,len(fl),"flows",d3,np,"problems",d4)
  if os.Getenv("J")!=""{ for _,j:=range jobs{ fmt.Printf("  %s %s env=%q gated=%v\n",j.Pipeline.Path,j.Job.ID,j.Job.Environment,j.Gated()); for _,st:=range j.Starts{fmt.Printf("     start %s/%s %v maybe=%v gate=%v\n",st.On,st.Event,st.Branches,st.Maybe,st.Gate)}
    if os.Getenv("J")=="2"{for _,c:=range j.Commands(){l:=c.At(); fmt.Printf("      $ [%s] %.100s  (%s:%d)\n",c.Dir,c.String(),l.Path,l.Line)}}}}
  for _,f:=range fl{ l:=f.File.At(f.Span); fmt.Printf("  flow %s:%d by=%d %s via=%v input=%q entry=%s:%d through=%v\n",l.Path,l.Line,f.By,f.Source,f.Via,f.Input,f.Entry.Path,f.EntryAt.Line,f.Through)}
  for _,e:=range s.ParseErrors(){if strings.Contains(e.Path,".github")||strings.Contains(e.Path,"ci"){fmt.Println("PARSE",e)}}
 }
}
