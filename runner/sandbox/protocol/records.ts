import { z } from 'zod';

/** People are named by phone (`<digits>@c.us`) here, always; the page turns that into a LID where its profile wants it. */
export type Person = {
  pn: string;
  lid: string;
  /** Name in the phone's address book; null when not saved. */
  name: string | null;
  pushname: string;
  username: string | null;
  about: string;
  business: boolean;
  /** Direct path of the profile picture, or null. */
  picture: string | null;
  /** The one of their two ids that no page knows yet; null when both are known. */
  hides: 'lid' | 'phone' | null;
};

export const wireKeySchema = z.object({
  fromMe: z.boolean(),
  remote: z.string(),
  id: z.string().min(1),
  participant: z.string().optional(),
});
export type WireKey = z.infer<typeof wireKeySchema>;

/** A message as it travels: the fields below and whatever its type carries (caption, directPath, pollOptions, …). */
export const wireMessageSchema = z.looseObject({
  id: wireKeySchema,
  type: z.string(),
  t: z.number(),
  from: z.string(),
  to: z.string(),
  author: z.string().optional(),
  body: z.string().optional(),
  ack: z.number().default(0),
});
export type WireMessage = z.infer<typeof wireMessageSchema>;

export type Participant = { pn: string; lid: string; admin: boolean; superAdmin: boolean };
export type Group = {
  id: string;
  subject: string;
  description: string;
  descriptionId: string | null;
  owner: string;
  creation: number;
  announce: boolean;
  restrict: boolean;
  memberAddMode: boolean;
  approval: boolean;
  invite: string;
  picture: string | null;
  participants: Participant[];
  requests: { pn: string; lid: string; t: number }[];
};

export type Channel = {
  id: string;
  name: string;
  description: string;
  invite: string;
  owner: string;
  t: number;
  subscribers: string[];
  admins: string[];
};

export type ChatState = {
  id: string;
  t: number;
  unread: number;
  archived: boolean;
  pinned: number;
  muted: number;
  labels: string[];
};

export type Label = { id: string; name: string; color: string };
