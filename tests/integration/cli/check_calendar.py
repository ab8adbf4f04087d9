"""Reads an iCalendar file with python3-icalendar and prints what it says, one event a line, as JSON."""
import json
import sys

import icalendar

with open(sys.argv[1], "rb") as file:
    raw = file.read()
calendar = icalendar.Calendar.from_ical(raw)
for event in calendar.walk("VEVENT"):
    alarms = [alarm.decoded("TRIGGER").strftime("%Y-%m-%dT%H:%M:%SZ") for alarm in event.walk("VALARM")]
    print(json.dumps({
        "uid": str(event["UID"]),
        "summary": str(event["SUMMARY"]),
        "location": str(event.get("LOCATION", "")),
        "starts": event.decoded("DTSTART").strftime("%Y-%m-%dT%H:%M:%S%z"),
        "ends": event.decoded("DTEND").strftime("%Y-%m-%dT%H:%M:%S%z"),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "alarms": alarms,
        "errors": [str(each) for each in event.errors],
    }))
print(json.dumps({"method": str(calendar["METHOD"]), "version": str(calendar["VERSION"]), "errors": [str(each) for each in calendar.errors],
                  "name": str(calendar.get("X-WR-CALNAME", ""))}))
