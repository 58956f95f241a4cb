// What three libraries that are not ours read in a guide and a calendar: each prints one line.
import { readFileSync } from "node:fs";
import { parseXmltv } from "@iptv/xmltv";
import epgParser from "epg-parser";
import ICAL from "ical.js";

const [guide, calendar] = process.argv.slice(2).map((file) => readFileSync(file, "utf-8"));
const say = (found) => console.log(JSON.stringify(found));

const own = parseXmltv(guide);
say(own.programmes.map((one) => [
  one.channel, one.start.toISOString(), one.stop.toISOString(), one.title[0]._value,
  one.subTitle[0]._value, one.episodeNum[0]._value, Boolean(one.previouslyShown),
]));
const epg = epgParser.parse(guide);
say(epg.programs.map((one) => [
  one.channel, new Date(one.start).toISOString(), new Date(one.stop).toISOString(),
  one.title[0].value,
]));
const events = new ICAL.Component(ICAL.parse(calendar)).getAllSubcomponents("vevent");
say(events.map((one) => new ICAL.Event(one)).map((one) => [
  one.uid, one.startDate.toJSDate().toISOString(), one.endDate.toJSDate().toISOString(),
  one.summary, one.sequence, one.component.getFirstPropertyValue("status"), one.description,
]));
