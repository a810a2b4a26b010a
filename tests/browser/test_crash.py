"""The server's process is killed in the middle of a form: every answer that was said to be saved is there afterwards."""

from playwright.sync_api import expect

from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional

ANSWERS = [2, 0, 3, 1]


def test_no_saved_answer_is_lost_when_the_server_is_killed(own_server: Server, new_visitor):
    patient = doings.OF_MONTPELLIER[0]
    doctor = new_visitor(at=own_server)
    sign_in_professional(doctor, own_server, doings.DOCTOR)
    doings.find_patient(doctor, patient)
    doings.ask_for(doctor, "OMS-5")
    visitor = new_visitor(device="phone", at=own_server)
    sign_in_patient(visitor, own_server, patient.email)
    doings.begin(visitor, "OMS-5")
    address = visitor.page.url
    for question, option in enumerate(ANSWERS):
        doings.answer(visitor, question, option)

    own_server.kill()
    own_server.start()

    visitor.go(address)
    for question, option in enumerate(ANSWERS):
        row = visitor.page.locator("fieldset.choice").nth(question).locator("label").nth(option)
        expect(row.locator("input")).to_be_checked()
    doings.answer(visitor, len(ANSWERS), 0)
    doings.send(visitor)
    visitor.page.wait_for_url("**/merci/*")
