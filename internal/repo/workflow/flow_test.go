package workflow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const flows = `on: {issues: , workflow_dispatch: {inputs: {v: {}, b: {type: choice}}}}
env: {TITLE: "${{ github.event.issue.title }}"}
jobs:
  late:
    needs: early
    steps:
      - run: echo ${{ needs.early.outputs.name }} ${{ needs.early.outputs.fine }}
      - {uses: ./.github/actions/greet, with: {who: "${{ needs.early.outputs.name }}", fine: x}}
  early:
    outputs:
      name: ${{ steps.a.outputs.name }}
      fine: ${{ steps.a.outputs.fine }}
    steps:
      - run: |
          echo one
          echo é "${{ github.event.issue.title }}"
      - run: echo "$TITLE" # an environment variable is no script
      - run: echo ${{ env.TITLE }} ${{ github.event.issue.number }} ${{ contains(github.event.issue.body, 'x') }}
      - id: a
        env: {BODY: "${{ github.event.issue.body }}"}
        run: |
          echo "name=${BODY%% *}" >> "$GITHUB_OUTPUT"
          echo "fine=$HOME" >> $GITHUB_OUTPUT
          # echo "fine=$BODY" >> $GITHUB_OUTPUT
          echo "LATER=$BODY" >> $GITHUB_ENV
      - run: echo ${{ steps.a.outputs.fine }} ${{ env.LATER }}
      - uses: actions/github-script@v7
        with:
          result-encoding: ${{ github.head_ref }}
          script: console.log('${{ github.head_ref || 'x' }}')
      - run: echo ${{ inputs.v }} ${{ inputs.b }} ${{ github.event.inputs.b }} ${{ github.event.issue.title && 'a' || 'b' }}
      - {id: files, uses: tj-actions/changed-files@v40}
      - run: echo ${{ steps.files.outputs.all_changed_files }} ${{ steps.files.outputs.any_changed }}
      - env: {TITLE: fixed}
        run: echo ${{ env.TITLE }}
  call:
    uses: ./.github/workflows/x.yml
    with: {title: "${{ toJSON(github.event) }}"}
`

func TestWhereTextOfOutsidersFlows(t *testing.T) {
	p := parse(t, ".github/workflows/a.yml", flows)
	found, passes := p.Flows()
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s %d %s %v %s<%s>\n", f.Job.ID, f.By, f.Source, f.Via, f.Input, cut(t, flows, f.Span))
	}
	for _, f := range passes {
		fmt.Fprintf(&b, "%s to %s %s: %d %s %v <%s>\n", f.Job.ID, f.Uses, f.Input, f.By, f.Source, f.Via, cut(t, flows, f.Span))
	}
	want := `late 3 github.event.issue.body [env.body steps.a.outputs.name needs.early.outputs.name] <${{ needs.early.outputs.name }}>
early 3 github.event.issue.title [] <${{ github.event.issue.title }}>
early 3 github.event.issue.title [env.title] <${{ env.TITLE }}>
early 3 github.event.issue.body [env.body env.later] <${{ env.LATER }}>
early 3 github.head_ref [] script<${{ github.head_ref || 'x' }}>
early 2 inputs.v [] <${{ inputs.v }}>
early 3 steps.files.outputs.all_changed_files [] <${{ steps.files.outputs.all_changed_files }}>
late to ./.github/actions/greet who: 3 github.event.issue.body [env.body steps.a.outputs.name needs.early.outputs.name] <${{ needs.early.outputs.name }}>
call to ./.github/workflows/x.yml title: 3 github.event [] <${{ toJSON(github.event) }}>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestInputsOfActionsComeFromTheirCallers(t *testing.T) {
	src := "inputs: {name: {}}\nruns:\n  using: composite\n  steps:\n  - {run: \"echo ${{ inputs.name }}\", shell: bash}\n  - {run: echo $NAME, shell: bash, env: {NAME: \"${{ inputs.name }}\"}}\n"
	found, _ := parse(t, "x/action.yml", src).Flows()
	if len(found) != 1 || found[0].Source != "inputs.name" || found[0].By != 1 {
		t.Errorf("%+v", found)
	}
}
