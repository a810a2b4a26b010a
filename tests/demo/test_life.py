"""The demonstration's stories come out the same, and stay within what bodies and instruments can be."""

from datetime import date

from portal.demo import PATIENTS, PROFESSIONALS
from portal.demo.lives import MONTHS, day_of, life_of, sample
from portal.record.biology import analytes


def test_there_are_sixty_patients_with_names_of_their_own():
    assert len({(patient.family, patient.given) for patient in PATIENTS}) == 60


def test_everyone_can_be_reached_only_at_addresses_and_numbers_kept_for_fiction():
    assert all(one.email.endswith("@example.fr") for one in (*PATIENTS, *PROFESSIONALS))
    assert all(one.phone.startswith("+3363998") for one in PATIENTS)


def test_a_life_is_the_same_each_time_it_is_told():
    assert [life_of(one) for one in PATIENTS] == [life_of(one) for one in PATIENTS]


def test_every_result_of_every_sample_is_possible():
    for patient in PATIENTS:
        life = life_of(patient)
        for month in range(0, MONTHS + 1, 3):
            for result in sample(life, min(float(month), MONTHS - 0.35), last=month == MONTHS):
                analyte = analytes().by_key[result.code]
                assert analyte.least is None or result.value >= analyte.least
                assert analyte.most is None or result.value <= analyte.most


def test_two_years_end_today():
    today = date(2026, 11, 23)
    assert day_of(day_of(today, -MONTHS), MONTHS) == today
