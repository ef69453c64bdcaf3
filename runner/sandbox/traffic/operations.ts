import type { OpName } from '../protocol/operations.ts';
import { edit, react, resend, revoke, vote } from './changes.ts';
import { channelChange, channelCreate, channelQuery, channelSearch } from './channel-ops.ts';
import { groupChange, groupCreate, groupInvite, groupJoin, groupQuery } from './group-ops.ts';
import { hello, history, resume, roster } from './hello.ts';
import { linkCode, refreshRef } from './link-codes.ts';
import type { Handler } from './operation.ts';
import {
  chatModify,
  chatState,
  exists,
  logout,
  note,
  presence,
  limits,
  presenceSubscribe,
  saveContact,
  seen,
  setAbout,
  setPicture,
  setPushname,
} from './profile-ops.ts';
import { send } from './send.ts';

/** Everything a page may ask of the world. */
export const operations: { [K in OpName]: Handler<K> } = {
  hello,
  refreshRef,
  linkCode,
  roster,
  history,
  resume,
  logout,
  send,
  react,
  edit,
  revoke,
  vote,
  resend,
  exists,
  seen,
  chatState,
  presence,
  presenceSubscribe,
  limits,
  chatModify,
  groupCreate,
  groupQuery,
  groupChange,
  groupInvite,
  groupJoin,
  setAbout,
  setPushname,
  setPicture,
  saveContact,
  channelCreate,
  channelQuery,
  channelSearch,
  channelChange,
  note,
};
