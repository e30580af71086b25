"""For admins: everything under /admin, each request of which is in the audit log."""

from fastapi import APIRouter

from backend.errors import AdminOnly
from backend.gateway.openapi import fails_with
from backend.gateway.rest import admin_blocks, admin_operation, admin_reports

router = APIRouter(prefix="/admin", tags=["admin"], responses=fails_with(AdminOnly))
for theme in (admin_operation, admin_reports, admin_blocks):
    router.include_router(theme.router)
