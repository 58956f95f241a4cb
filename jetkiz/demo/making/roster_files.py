"""What the school's register would export: the demo school as OneRoster 1.1 bulk files."""

from collections.abc import Mapping, Sequence
from typing import Any

from jetkiz.demo.making.stable_files import csv_text
from jetkiz.demo.making.village import Child, Village

_YEAR = "year-2025-26"
_FILES = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItems",
    "orgs",
    "resources",
    "results",
    "users",
]
_ORGS = ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"]
_SESSIONS = [
    "sourcedId",
    "status",
    "dateLastModified",
    "title",
    "type",
    "startDate",
    "endDate",
    "parentSourcedId",
    "schoolYear",
]
_COURSES = [
    "sourcedId",
    "status",
    "dateLastModified",
    "schoolYearSourcedId",
    "title",
    "courseCode",
    "grades",
    "orgSourcedId",
    "subjects",
    "subjectCodes",
]
_CLASSES = [
    "sourcedId",
    "status",
    "dateLastModified",
    "title",
    "grades",
    "courseSourcedId",
    "classCode",
    "classType",
    "location",
    "schoolSourcedId",
    "termSourcedIds",
    "subjects",
    "subjectCodes",
    "periods",
]
_USERS = [
    "sourcedId",
    "status",
    "dateLastModified",
    "enabledUser",
    "orgSourcedIds",
    "role",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
]
_ENROLLMENTS = [
    "sourcedId",
    "status",
    "dateLastModified",
    "classSourcedId",
    "schoolSourcedId",
    "userSourcedId",
    "role",
    "primary",
    "beginDate",
    "endDate",
]

Row = dict[str, str]


def roster_files(village: Village) -> dict[str, str]:
    """File name to text, in the order of the zip."""
    classes = _homerooms(village) + _subject_classes(village.about)
    tables: dict[str, tuple[Sequence[str], list[Row]]] = {
        "orgs": (_ORGS, _orgs(village.about["school"])),
        "academicSessions": (_SESSIONS, _sessions(village.about["term"])),
        "courses": (_COURSES, _courses(village.about)),
        "classes": (_CLASSES, classes),
        "users": (_USERS, _staff(village.about) + _students(village)),
        "enrollments": (_ENROLLMENTS, _enrollments(village)),
    }
    files = {"manifest.csv": _manifest(set(tables))}
    for name, (header, rows) in tables.items():
        lines = [[row.get(column, "") for column in header] for row in rows]
        files[f"{name}.csv"] = csv_text(header, lines)
    return files


def _manifest(present: set[str]) -> str:
    rows = [["manifest.version", "1.0"], ["oneroster.version", "1.1"]]
    rows += [[f"file.{name}", "bulk" if name in present else "absent"] for name in _FILES]
    rows += [["source.systemName", "Jetkiz demo"], ["source.systemCode", "jetkiz-demo"]]
    return csv_text(["propertyName", "value"], rows)


def _orgs(school: Mapping[str, Any]) -> list[Row]:
    return [
        {"sourcedId": school["district_id"], "name": school["district_name"], "type": "district"},
        {
            "sourcedId": school["id"],
            "name": school["name"],
            "type": "school",
            "identifier": school["identifier"],
            "parentSourcedId": school["district_id"],
        },
    ]


def _sessions(terms: Sequence[Mapping[str, str]]) -> list[Row]:
    year = {
        "sourcedId": _YEAR,
        "title": "2025/26",
        "type": "schoolYear",
        "startDate": terms[0]["start"],
        "endDate": terms[-1]["end"],
        "schoolYear": "2026",
    }
    quarters = [
        {
            "sourcedId": term["id"],
            "title": term["title"],
            "type": "term",
            "startDate": term["start"],
            "endDate": term["end"],
            "parentSourcedId": _YEAR,
            "schoolYear": "2026",
        }
        for term in terms
    ]
    return [year, *quarters]


def _courses(about: Mapping[str, Any]) -> list[Row]:
    names = {"homeroom": {"kk": "Сынып", "ru": "Класс"}, **about["subjects"]}
    return [
        {
            "sourcedId": f"course-{key}-{language}",
            "schoolYearSourcedId": _YEAR,
            "title": title,
            "courseCode": f"{key}-{language}",
            "orgSourcedId": about["school"]["id"],
            "subjects": title,
            "subjectCodes": key,
        }
        for key, titles in names.items()
        for language, title in titles.items()
    ]


def _homerooms(village: Village) -> list[Row]:
    """One class for each grade and language that has students."""
    rooms = sorted({(child.grade, child.language) for child in village.children})
    return [
        {
            **_class_row(village.about, "homeroom", language),
            "sourcedId": f"class-{grade:02d}-{language}",
            "title": _class_title(grade, language),
            "grades": f"{grade:02d}",
            "classCode": _class_title(grade, language),
            "classType": "homeroom",
        }
        for grade, language in rooms
    ]


def _subject_classes(about: Mapping[str, Any]) -> list[Row]:
    """Small schools teach several grades together: a class per group and subject."""
    return [
        {
            **_class_row(about, subject, group["language"]),
            "sourcedId": f"class-{group['key']}-{subject}",
            "title": f"{titles[group['language']]} {group['grades'][0]}-{group['grades'][-1]}",
            "grades": ",".join(f"{grade:02d}" for grade in group["grades"]),
            "classCode": f"{group['key']}-{subject}",
            "classType": "scheduled",
            "subjects": titles[group["language"]],
            "subjectCodes": subject,
        }
        for group in about["group"]
        for subject, titles in about["subjects"].items()
    ]


def _class_row(about: Mapping[str, Any], subject: str, language: str) -> Row:
    return {
        "courseSourcedId": f"course-{subject}-{language}",
        "schoolSourcedId": about["school"]["id"],
        "termSourcedIds": ",".join(term["id"] for term in about["term"]),
    }


def _class_title(grade: int, language: str) -> str:
    return f"{grade}{'А' if language == 'kk' else 'Б'}"


def _staff(about: Mapping[str, Any]) -> list[Row]:
    return [
        {
            "sourcedId": person["id"],
            "enabledUser": "true",
            "orgSourcedIds": about["school"]["id"],
            "role": person["role"],
            "username": person["username"],
            "givenName": person["given"],
            "familyName": person["family"],
            "middleName": person["patronymic"],
        }
        for person in about["staff"]
    ]


def _students(village: Village) -> list[Row]:
    return [
        {
            "sourcedId": child.id,
            "enabledUser": "true",
            "orgSourcedIds": village.about["school"]["id"],
            "role": "student",
            "username": child.id.replace("-", ""),
            "givenName": child.given_name,
            "familyName": child.family_name,
            "middleName": child.patronymic,
            "grades": f"{child.grade:02d}",
        }
        for child in village.children
    ]


def _enrollments(village: Village) -> list[Row]:
    places = [
        *_student_places(village),
        *_class_teacher_places(village),
        *_subject_teacher_places(village.about),
    ]
    return [
        {
            "sourcedId": f"e-{number:04d}",
            "classSourcedId": class_id,
            "schoolSourcedId": village.about["school"]["id"],
            "userSourcedId": user_id,
            "role": role,
            "primary": "true" if role == "teacher" else "",
        }
        for number, (class_id, user_id, role) in enumerate(places, start=1)
    ]


def _student_places(village: Village) -> list[tuple[str, str, str]]:
    places = []
    for child in village.children:
        places.append((f"class-{child.grade:02d}-{child.language}", child.id, "student"))
        group = _group_of(child, village.about["group"])
        places += [
            (f"class-{group}-{subject}", child.id, "student")
            for subject in village.about["subjects"]
        ]
    return places


def _class_teacher_places(village: Village) -> list[tuple[str, str, str]]:
    rooms = {(child.grade, child.language) for child in village.children}
    groups = {group["key"]: group for group in village.about["group"]}
    return [
        (f"class-{grade:02d}-{groups[key]['language']}", person["id"], "teacher")
        for person in village.about["staff"]
        for key in person.get("class_teacher_of", ())
        for grade in groups[key]["grades"]
        if (grade, groups[key]["language"]) in rooms
    ]


def _subject_teacher_places(about: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (f"class-{group}-{subject}", person["id"], "teacher")
        for person in about["staff"]
        for group, subjects in person.get("teaches", {}).items()
        for subject in subjects
    ]


def _group_of(child: Child, groups: Sequence[Mapping[str, Any]]) -> str:
    return next(
        str(group["key"])
        for group in groups
        if group["language"] == child.language and child.grade in group["grades"]
    )
