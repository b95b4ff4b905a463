/** The kinds of channels in words, and what a new one of each kind is asked for. */

import { type Icon, IconBroadcast, IconFileText, IconMail, IconWebhook } from "@tabler/icons-react";
import type { Shape } from "../../api/client";

export type Channel = Shape<"ChannelShape">;
export type NewChannel = Shape<"NewChannel">;
export type Settings = NewChannel["settings"];
export type Kind = Channel["kind"];

export const KINDS: { value: Kind; text: string; about: string; icon: Icon }[] = [
  { value: "mqtt", text: "MQTT", about: "a broker, for home automation and control rooms", icon: IconBroadcast },
  { value: "webhook", text: "Webhook", about: "another program, by a signed message", icon: IconWebhook },
  { value: "email", text: "E-mail", about: "people, with the picture", icon: IconMail },
  { value: "file", text: "File", about: "a file on this server, one line an alarm", icon: IconFileText },
];

export function kindOf(kind: Kind) {
  return KINDS.find(({ value }) => value === kind) ?? { value: kind, text: kind, about: "", icon: IconFileText };
}

/** Everything that a form of any kind asks for. */
export type Draft = {
  kind: Kind;
  title: string;
  host: string;
  port: number | string;
  tls: boolean;
  security: "starttls" | "tls" | "none";
  user: string;
  password: string;
  topic: string;
  retain: boolean;
  url: string;
  sender: string;
  to: string[];
  name: string;
  cameras: string[];
  rules: string[];
  least: number;
};

export const EMPTY: Draft = {
  kind: "mqtt",
  title: "",
  host: "",
  port: "",
  tls: false,
  security: "starttls",
  user: "",
  password: "",
  topic: "trackside/{camera}/{rule}",
  retain: false,
  url: "",
  sender: "",
  to: [],
  name: "alarms.jsonl",
  cameras: [],
  rules: [],
  least: 0,
};

/** The port that is usual where none is given. */
export function usualPort({ kind, tls, security }: Pick<Draft, "kind" | "tls" | "security">): number {
  if (kind === "mqtt") return tls ? 8883 : 1883;
  return { starttls: 587, tls: 465, none: 25 }[security];
}

/** Whether enough is given to try. */
export function complete({ kind, host, url, sender, to, name }: Draft): boolean {
  if (kind === "mqtt") return host.trim() !== "";
  if (kind === "webhook") return url.trim() !== "";
  if (kind === "email") return host.trim() !== "" && sender.trim() !== "" && to.length > 0;
  return name.trim() !== "";
}

export function bodyOf(draft: Draft): NewChannel {
  const { title, cameras, rules, least } = draft;
  return { title: title.trim(), settings: settingsOf(draft), cameras, rules, least_score: least };
}

function settingsOf(draft: Draft): Settings {
  const { kind, tls, security, user, password, topic, retain, to } = draft;
  const host = draft.host.trim();
  const port = Number(draft.port) || usualPort(draft);
  if (kind === "mqtt") return { kind, host, port, tls, user, password, topic: topic.trim(), retain };
  if (kind === "webhook") return { kind, url: draft.url.trim() };
  if (kind === "email") return { kind, host, port, security, user, password, sender: draft.sender.trim(), to };
  // How large files may grow has a value of its own at the server.
  return { kind, name: draft.name.trim() } as Settings;
}

/** Where a channel leads, in one line. */
export function placeOf({ kind, settings }: Pick<Channel, "kind" | "settings">): string {
  const said = (name: string) => String(settings[name] ?? "");
  if (kind === "mqtt") return `${said("host")}:${said("port")}, topic ${said("topic")}`;
  if (kind === "webhook") return said("url");
  if (kind === "email") return `${(settings.to as string[] | undefined)?.join(", ") ?? ""} by ${said("host")}`;
  return said("name");
}

/** What is told there, in one line. */
export function toldText({ cameras, rules, least_score }: Pick<Channel, "cameras" | "rules" | "least_score">): string {
  const of = (names: string[], all: string) => (names.length ? names.join(", ") : all);
  const least = least_score > 0 ? `, score at least ${Math.round(least_score * 100)} %` : "";
  return `${of(cameras, "all cameras")}; ${of(rules, "all rules")}${least}`;
}
