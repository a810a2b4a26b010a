"""What an administrator does with the accounts of professionals: look at one whole, close it, open it again, end sessions."""

from portal.administration.closing import deactivate, end_session, reactivate
from portal.administration.files import StaffFile, staff_file
from portal.administration.first import create_admin

__all__ = ["StaffFile", "create_admin", "deactivate", "end_session", "reactivate", "staff_file"]
