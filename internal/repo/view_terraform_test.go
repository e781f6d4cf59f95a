package repo

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/repo/terraform"
)

const terraformProject = `
-- infra/main.tf --
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
    random = "3.1"
  }
  backend "s3" { bucket = "state" }
}
provider "aws" { region = var.region }
locals {
  name   = "app-${var.env}"
  public = { cidr = "0.0.0.0/0" }
  loop   = local.loop
  secret = random_password.x.result
}
module "net" {
  source = "./modules/net"
  cidr   = local.public.cidr
}
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.0.0"
}
resource "aws_s3_bucket" "logs" {
  bucket   = local.name
  cidr     = local.public.cidr
  loop     = local.loop
  password = local.secret
  size     = var.size
  count    = var.count_of
  zone     = module.net.zone
  type     = var.required
  provider = awscc.west
}
data "google_project" "p" {}
-- infra/variables.tf --
variable "region" { default = "eu-west-1" }
variable "env" { default = "dev" }
variable "size" { default = 1 }
variable "count_of" { default = 1 }
variable "required" {}
variable "password" {
  sensitive = true
}
-- infra/terraform.tfvars --
size = 5
-- infra/prod.tfvars --
count_of = 3
-- infra/.terraform.lock.hcl --
provider "registry.example/hashicorp/aws" {
  version = "5.31.0"
}
-- infra/modules/net/main.tf --
variable "cidr" { default = "10.0.0.0/8" }
variable "zone" { default = "a" }
resource "aws_security_group_rule" "in" { cidr_blocks = [var.cidr] }
output "zone" { value = var.zone }
-- examples/net/main.tf --
module "net" {
  source = "../../infra/modules/net"
  cidr   = "1.1.1.1/32"
}
-- infra/.terraform/modules/x/main.tf --
resource "aws_vpc" "no" {}
-- broken/main.tf --
a = [
`

func TestTerraformModulesAreJoined(t *testing.T) {
	s := openTxtar(t, terraformProject)
	modules := s.TerraformModules()
	if len(modules) != 4 || modules[2].Dir != "infra" || modules[3].Dir != "infra/modules/net" {
		t.Fatalf("%d modules", len(modules))
	}
	m, net := modules[2], modules[3]
	backend, _ := m.Backend()
	version, file := m.RequiredVersion()
	var providers []string
	for _, p := range m.RequiredProviders() {
		providers = append(providers, p.Name+" "+p.Source+" "+p.Version.Str())
	}
	password, _ := m.Block("var.password")
	locked := m.Locked()
	got := fmt.Sprintln(backend.Type, backend.Label(0), version.Value.Str(), file.Path, strings.Join(providers, ", "), m.UsedProviders(), password.Sensitive(),
		locked[0].Source, locked[0].Version, m.Root(), net.Root(), m.Calls[0].Local == net, m.Calls[1].Local == nil, m.Calls[1].Version, len(net.ResourcesOf("aws_security_group_rule")))
	want := "backend s3 >= 1.5 infra/main.tf aws hashicorp/aws ~> 5.0, random  3.1 [awscc google] true hashicorp/aws 5.31.0 true false true true 20.0.0 1\n"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if at := password.At(password.TypeSpan); at.Path != "infra/variables.tf" || at.Line != 6 {
		t.Errorf("%+v", at)
	}
	if e := s.ParseErrors(); len(e) != 1 || e[0].Path != "broken/main.tf" {
		t.Errorf("%+v", e)
	}
}

func TestResolveSaysOnlyWhatHoldsWhateverIsApplied(t *testing.T) {
	s := openTxtar(t, terraformProject)
	m, net := s.TerraformModules()[2], s.TerraformModules()[3]
	b, _ := m.Block("aws_s3_bucket.logs")
	for name, want := range map[string]string{
		"bucket": "app-dev true", "cidr": "0.0.0.0/0 true", "loop": " false", "password": " false", "size": "5 true",
		"count": " false", "zone": "a true", "type": " false",
	} {
		text, ok := m.Text(b.Value(name))
		if got := fmt.Sprint(text, " ", ok); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	rule, _ := net.Block("aws_security_group_rule.in")
	v, file, ok := net.Resolve(rule.Value("cidr_blocks").Items[0], rule.File)
	if !ok || v.Str() != "0.0.0.0/0" || file.Path != "infra/main.tf" || v.Kind != terraform.String {
		t.Errorf("%+v in %v, %v", v, file, ok)
	}
}
