from django.contrib.admin import AdminSite


class Site(AdminSite):
    site_header = "STP Portfolio administration"
