import { lua, type LuaState, to_jsstring, to_luastring } from 'fengari';
import { RedisError, type Reply } from '../reply.ts';

/** Pushes a reply as Redis gives it to scripts: null is false. */
export function pushReply(state: LuaState, reply: Reply): void {
  if (reply === null) lua.lua_pushboolean(state, false);
  else if (typeof reply === 'string') lua.lua_pushstring(state, to_luastring(reply));
  else if (typeof reply === 'number') {
    // fengari's integers have 32 bits; larger numbers are doubles there, as all are in Redis.
    if ((reply | 0) === reply) lua.lua_pushinteger(state, reply);
    else lua.lua_pushnumber(state, reply);
  } else {
    lua.lua_newtable(state);
    for (const [i, item] of reply.entries()) {
      pushReply(state, item);
      lua.lua_rawseti(state, -2, i + 1);
    }
  }
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
      return readList(state);
    default:
      return null;
  }
}

function readList(state: LuaState): Reply {
  const items: Reply[] = [];
  for (let i = 1; ; i += 1) {
    const type = lua.lua_rawgeti(state, -1, i);
    // A list ends at its first nil.
    if (type !== lua.LUA_TNIL) items.push(readReply(state));
    lua.lua_pop(state, 1);
    if (type === lua.LUA_TNIL) return items;
  }
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
  return Array.from({ length: lua.lua_gettop(state) }, (_, i) => {
    const type = lua.lua_type(state, i + 1);
    // A double that is whole is written without ".0", as Redis does.
    if (type === lua.LUA_TNUMBER) return String(lua.lua_tonumber(state, i + 1));
    if (type === lua.LUA_TSTRING) return readText(state, i + 1);
    throw new RedisError('ERR Lua redis lib command arguments must be strings or integers');
  });
}
