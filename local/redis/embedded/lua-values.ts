import { lua, type LuaState, to_jsstring, to_luastring } from 'fengari';
import { isFailure, RedisError, type Reply } from '../reply.ts';

/** fengari's integers have 32 bits; larger numbers are doubles there, as all are in Redis. */
function pushNumber(state: LuaState, value: number): void {
  if ((value | 0) === value) lua.lua_pushinteger(state, value);
  else lua.lua_pushnumber(state, value);
}

/** A reply as Redis gives it to scripts: null is false, a status is `{ok}`, an error `{err}`. */
export function pushReply(state: LuaState, reply: Reply): void {
  if (reply === null) lua.lua_pushboolean(state, false);
  else if (typeof reply === 'number') pushNumber(state, reply);
  else if (typeof reply === 'string') lua.lua_pushstring(state, to_luastring(reply));
  else if (Array.isArray(reply)) pushList(state, reply);
  else if (isFailure(reply)) pushField(state, 'err', reply.err);
  else pushField(state, 'ok', reply.ok);
}

export function pushList(state: LuaState, items: Reply[]): void {
  lua.lua_newtable(state);
  for (const [i, item] of items.entries()) {
    pushReply(state, item);
    lua.lua_rawseti(state, -2, i + 1);
  }
}

function pushField(state: LuaState, name: string, value: string): void {
  lua.lua_newtable(state);
  lua.lua_pushstring(state, to_luastring(value));
  lua.lua_setfield(state, -2, to_luastring(name));
}

/** What a script returned, on top of the stack. Source: Redis, "Lua to RESP2 type conversion". */
export function readReply(state: LuaState): Reply {
  switch (lua.lua_type(state, -1)) {
    case lua.LUA_TNUMBER:
      return Math.trunc(lua.lua_tonumber(state, -1));
    case lua.LUA_TSTRING:
      return readText(state, -1);
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(state, -1) ? 1 : null;
    case lua.LUA_TTABLE:
      return readTable(state);
    default:
      return null;
  }
}

function readTable(state: LuaState): Reply {
  const err = readField(state, 'err');
  if (err !== undefined) return { err };
  const ok = readField(state, 'ok');
  if (ok !== undefined) return { ok };
  const items: Reply[] = [];
  for (let i = 1; ; i += 1) {
    const type = lua.lua_rawgeti(state, -1, i);
    // A list ends at its first nil.
    if (type !== lua.LUA_TNIL) items.push(readReply(state));
    lua.lua_pop(state, 1);
    if (type === lua.LUA_TNIL) return items;
  }
}

export function readField(state: LuaState, name: string): string | undefined {
  const type = lua.lua_getfield(state, -1, to_luastring(name));
  const value = type === lua.LUA_TSTRING ? readText(state, -1) : undefined;
  lua.lua_pop(state, 1);
  return value;
}

/** @throws RedisError for text that is not UTF-8: the store keeps text, not bytes. */
export function readText(state: LuaState, index: number): string {
  const bytes = lua.lua_tostring(state, index);
  if (bytes === null) throw new RedisError('ERR a script used a value that is no text');
  try {
    return to_jsstring(bytes);
  } catch {
    throw new RedisError('ERR a script made text that is not UTF-8');
  }
}

/** The arguments of `redis.call`, which have to be text or numbers. */
export function readArguments(state: LuaState): string[] {
  const args: string[] = [];
  for (let i = 1; i <= lua.lua_gettop(state); i += 1) {
    const type = lua.lua_type(state, i);
    // A double that is whole is written without ".0", as Redis does.
    if (type === lua.LUA_TNUMBER) args.push(String(lua.lua_tonumber(state, i)));
    else if (type === lua.LUA_TSTRING) args.push(readText(state, i));
    else throw new RedisError('ERR Lua redis lib command arguments must be strings or integers');
  }
  if (args.length === 0) throw new RedisError('ERR Please specify at least one argument');
  return args;
}
