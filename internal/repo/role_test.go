package repo

import "testing"

func TestRolesFollowTheFieldsConventions(t *testing.T) {
	for name, want := range map[string]Role{
		"src/app.py": Production, "tests/test_app.py": Test, "src/app_test.go": Test, "web/page.spec.tsx": Test, "api/guard.e2e.ts": Test, "api/update.e2e-ee.ts": Test, "web/page.stories.tsx": Test,
		"src/main/java/shop/OrderService.java": Production, "src/test/java/shop/OrderServiceTest.java": Test, "src/intTest/java/X.java": Test,
		"shop/OrderTests.cs": Test, "Shop.Tests/Helper.cs": Test, "shop/Latest.cs": Production, "shop/Audit.java": Production, "shop/OrderIT.java": Test,
		"spec/models/user_spec.rb": Test, "app/models/user.rb": Production, "src/Tests/Fixtures/a.php": Test, "src/UserTest.php": Test, "src/Contest.php": Production,
		"e2e-tests/run.ts": Test, "ab-test/page.tsx": Production,
		"node_modules/a/tests/x.js": Vendored, "dist/app.js": Built, "api/v1.pb.go": Generated, "examples/a/main.go": Example, "hack/kind.yaml": Example, "playground/web/app.ts": Example, "docs/a.md": Docs, "README.md": Docs,
	} {
		if got := roleOf(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
