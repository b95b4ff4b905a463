import { describe, expect, it } from "vitest";
import { bodyOf, complete, EMPTY, placeOf, toldText, usualPort } from "./kinds";

describe("what is sent for a new channel", () => {
  it("has only what its kind knows", () => {
    const given = { ...EMPTY, host: " broker ", url: "https://a", title: " Guards " };
    expect(bodyOf(given)).toMatchObject({ title: "Guards", cameras: [], rules: [], least_score: 0 });
    expect(bodyOf(given).settings).toEqual({
      kind: "mqtt",
      host: "broker",
      port: 1883,
      tls: false,
      user: "",
      password: "",
      topic: "trackside/{camera}/{rule}",
      retain: false,
    });
    expect(bodyOf({ ...given, kind: "webhook" }).settings).toEqual({ kind: "webhook", url: "https://a" });
    expect(bodyOf({ ...given, kind: "file" }).settings).toEqual({ kind: "file", name: "alarms.jsonl" });
  });

  it("has the usual port unless another one is given", () => {
    expect(usualPort({ ...EMPTY, tls: true })).toBe(8883);
    expect(usualPort({ ...EMPTY, kind: "email", security: "tls" })).toBe(465);
    expect(bodyOf({ ...EMPTY, host: "b", port: 1999 }).settings).toMatchObject({ port: 1999 });
  });
});

it("is worth a try only with what its kind needs", () => {
  expect(complete(EMPTY)).toBe(false);
  expect(complete({ ...EMPTY, host: "b" })).toBe(true);
  const mail = { ...EMPTY, kind: "email" as const, host: "m", sender: "a@b" };
  expect([complete(mail), complete({ ...mail, to: ["c@d"] })]).toEqual([false, true]);
  expect(complete({ ...EMPTY, kind: "webhook", url: " " })).toBe(false);
});

it("says where it leads and what is told there", () => {
  const settings = { host: "broker", port: 1883, topic: "a/{camera}" };
  expect(placeOf({ kind: "mqtt", settings })).toBe("broker:1883, topic a/{camera}");
  expect(placeOf({ kind: "email", settings: { host: "m", to: ["a@b", "c@d"] } })).toBe("a@b, c@d by m");
  expect(toldText({ cameras: [], rules: [], least_score: 0 })).toBe("all cameras; all rules");
  expect(toldText({ cameras: ["gate"], rules: ["yard"], least_score: 0.5 })).toBe("gate; yard, score at least 50 %");
});
