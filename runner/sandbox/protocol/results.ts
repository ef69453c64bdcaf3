import type { AccountLimits } from './limits.ts';
import type { PageSettings } from './profile.ts';
import type { Channel, ChatState, Group, Label, Person, WireMessage } from './records.ts';

export type HelloResult =
  | { status: 'unpaired'; ref: string; settings: PageSettings }
  | { status: 'unauthorized'; ref: string; settings: PageSettings }
  | {
      status: 'ok';
      me: Person;
      platform: string;
      /** A device that never took its history gets it once, as from the phone. */
      history: boolean;
      settings: PageSettings;
    };

export type OpResults = {
  hello: HelloResult;
  refreshRef: { ref: string };
  linkCode: { code: string };
  roster: { people: Person[]; groups: Group[]; labels: Label[]; channels: Channel[] };
  history: { chats: ChatState[]; messages: WireMessage[]; people: Person[] };
  resume: { upTo: number };
  logout: Record<string, never>;
  send: { t: number };
  react: { t: number };
  edit: { t: number };
  revoke: { t: number };
  vote: { t: number };
  resend: Record<string, never>;
  exists: { person: Person | null };
  seen: Record<string, never>;
  chatState: Record<string, never>;
  presence: Record<string, never>;
  presenceSubscribe: Record<string, never>;
  limits: AccountLimits;
  chatModify: Record<string, never>;
  groupCreate: {
    group: Group;
    results: {
      pn: string;
      lid: string;
      error: number | null;
      inviteCode: string;
      inviteExpiry: number;
    }[];
  };
  groupQuery: { group: Group | null };
  groupChange: { group: Group; codes: Record<string, number> };
  groupInvite: { group: Group | null };
  groupJoin: { group: Group };
  setAbout: Record<string, never>;
  setPushname: Record<string, never>;
  setPicture: { picture: string | null };
  saveContact: { person: Person };
  channelCreate: { channel: Channel };
  channelQuery: { channel: Channel | null };
  channelSearch: { channels: Channel[] };
  channelChange: { channel: Channel };
  note: Record<string, never>;
};
