package repo

import (
	"slices"

	"drydock/internal/repo/compose"
)

// Production says whether the deployment is one for production: a compose file or
// an overlay that says so, Kubernetes objects that name no other environment, a
// process file.
func (d *Deployment) Production() bool {
	return d.Env == compose.Prod || d.Means == ByKubernetes && d.Env == compose.Base
}

// InProduction says whether anything deploys the component for production.
func (c *Component) InProduction() bool {
	return slices.ContainsFunc(c.Deployments, func(d Deployment) bool { return d.Production() })
}

// Foremost is the deployment that comes closest to production; nil when nothing
// deploys the component.
func (c *Component) Foremost() *Deployment {
	rank := func(d *Deployment) int {
		if d.Production() {
			return 0
		}
		if at := slices.Index([]compose.Env{compose.Staging, compose.Base}, d.Env); at >= 0 {
			return 1 + at
		}
		return 3
	}
	var best *Deployment
	for i := range c.Deployments {
		if d := &c.Deployments[i]; best == nil || rank(d) < rank(best) {
			best = d
		}
	}
	return best
}
