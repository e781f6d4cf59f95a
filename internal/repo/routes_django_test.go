package repo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoutesOfDjango(t *testing.T) {
	s := open(t, archived(`
-- manage.py --
from django.core.management import execute_from_command_line
-- site/settings.py --
ROOT_URLCONF = "site.urls"
MIDDLEWARE = ["mw.Csrf"]
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}
-- site/urls.py --
from django.contrib import admin
from django.urls import include, path, re_path
from shop import urls as shop_urls
from shop.views import hook
from .api import router
urlpatterns = [
    path("admin/", admin.site.urls),
    path("shop/", include("shop.urls", namespace="shop")),
    path("again/", include(shop_urls)),
    re_path(r"^hook/(?P<id>\d+)/$", csrf_exempt(hook)),
    path("v1/", include((router.urls, "api"))),
] + static("/media/")
urlpatterns += [path("about/", TemplateView.as_view(template_name="a.html"))]
text = 'path("no/", hook)'
-- site/api.py --
from rest_framework.routers import DefaultRouter
from rest_framework_nested.routers import NestedSimpleRouter
from shop.api import ItemViewSet, PartViewSet
router = DefaultRouter()
router.register(r"items", ItemViewSet)
parts = NestedSimpleRouter(router, r"items", lookup="item")
parts.register("parts", PartViewSet)
urlpatterns = router.urls + parts.urls
-- shop/api.py --
from shop.base import Base
class ItemViewSet(Base, ModelViewSet):
    http_method_names = ["get", "post", "delete"]
    lookup_field = "slug"
    @action(detail=True, methods=["post"], url_path="buy-now", permission_classes=[AllowAny])
    def buy(self, request, slug): ...
    def list(self, request): ...
class PartViewSet(ReadOnlyModelViewSet): ...
-- shop/base.py --
class Base:
    permission_classes = [IsStaff | IsOwner]
    throttle_classes = (LoginThrottle,)
-- shop/urls.py --
from . import views
from .views import detail
app_name = "shop"
urlpatterns = [
    path("", views.Index.as_view()),
    path("cart/", views.cart),
    path("list/", views.Items.as_view({"get": "all", "put": "replace"})),
    path("one/", views.Items.as_view(http_method_names=["get"])),
    path("detail/", detail),
]
urlpatterns.append(path("gone/", views.missing))
urlpatterns += [path("rest/", views.rest)]
-- shop/views.py --
class Index(LoginRequiredMixin, ListView):
    def post(self, request): ...
@login_required
@require_http_methods(["POST", "DELETE"])
def cart(request): ...
@api_view()
def rest(request): ...
class Items(APIView):
    authentication_classes = []
    permission_classes = []
    def get(self, request): ...
    def delete(self, request): ...
    def all(self, request): ...
@api_view(["POST"])
@permission_classes([IsStaff])
def hook(request, id): ...
@method_decorator(csrf_exempt, name="dispatch")
class Detail(View):
    def get(self, request): ...
detail = Detail.as_view()
-- dead/urls.py --
from django.urls import path
urlpatterns = [path("dead/", x)]
`))
	want := []string{
		"dead/urls.py:2 ANY /dead django → x [mw.Csrf] unmounted",
		"shop/urls.py:5 POST /shop django → views.Index.post [mw.Csrf LoginRequiredMixin] in shop/views.py",
		"shop/urls.py:5 GET /shop django → views.Index [mw.Csrf LoginRequiredMixin] in shop/views.py",
		"shop/urls.py:6 POST /shop/cart django → views.cart [mw.Csrf login_required require_http_methods] in shop/views.py",
		"shop/urls.py:6 DELETE /shop/cart django → views.cart [mw.Csrf login_required require_http_methods] in shop/views.py",
		"shop/urls.py:7 GET /shop/list django → views.Items.all [mw.Csrf] in shop/views.py",
		"shop/urls.py:7 PUT /shop/list django → views.Items.replace [mw.Csrf] in shop/views.py",
		"shop/urls.py:8 GET /shop/one django → views.Items.get [mw.Csrf] in shop/views.py",
		"shop/urls.py:9 GET /shop/detail django → Detail.get [mw.Csrf method_decorator csrf_exempt] in shop/views.py",
		"shop/urls.py:11 ANY /shop/gone django → views.missing [mw.Csrf]",
		"shop/urls.py:12 GET /shop/rest django → views.rest [mw.Csrf api_view IsAuthenticated] in shop/views.py",
		"site/api.py:5 GET /v1/items django → ItemViewSet.list [mw.Csrf IsStaff IsOwner LoginThrottle] in shop/api.py",
		"site/api.py:5 POST /v1/items django → ItemViewSet.create [mw.Csrf IsStaff IsOwner LoginThrottle] in shop/api.py",
		"site/api.py:5 GET /v1/items/{slug} django → ItemViewSet.retrieve [mw.Csrf IsStaff IsOwner LoginThrottle] in shop/api.py",
		"site/api.py:5 DELETE /v1/items/{slug} django → ItemViewSet.destroy [mw.Csrf IsStaff IsOwner LoginThrottle] in shop/api.py",
		"site/api.py:5 POST /v1/items/{slug}/buy-now django → ItemViewSet.buy [mw.Csrf action AllowAny] in shop/api.py",
		"site/api.py:7 GET /items/{item_pk}/parts django → PartViewSet.list [mw.Csrf IsAuthenticated] in shop/api.py unmounted",
		"site/api.py:7 GET /items/{item_pk}/parts/{pk} django → PartViewSet.retrieve [mw.Csrf IsAuthenticated] in shop/api.py unmounted",
		"site/urls.py:7 ANY /admin django → admin.site.urls [mw.Csrf]",
		"site/urls.py:10 POST /hook/(?P<id>\\d+) django → hook [mw.Csrf csrf_exempt api_view permission_classes IsStaff] in shop/views.py",
		"site/urls.py:13 GET /about django → TemplateView [mw.Csrf]",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
