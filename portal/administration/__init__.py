"""What an administrator does with the accounts of professionals: look at one whole, close it, open it again,
end sessions, read in the audit trail what was done with it.
"""

from portal.administration.closing import deactivate, end_session, reactivate, sign_out_everywhere
from portal.administration.files import StaffFile, staff_file
from portal.administration.first import create_admin
from portal.administration.readable import names_in, patient_typed, person_typed

__all__ = [
    "StaffFile",
    "create_admin",
    "deactivate",
    "end_session",
    "names_in",
    "patient_typed",
    "person_typed",
    "reactivate",
    "sign_out_everywhere",
    "staff_file",
]
