import { createHash } from 'node:crypto';
import { lauxlib, lua, type LuaState, lualib, to_luastring } from 'fengari';
import { RedisError, type Reply } from '../reply.ts';
import {
  pushList,
  pushReply,
  readArguments,
  readField,
  readReply,
  readText,
} from './lua-values.ts';

/** Nobody else is served while a script runs; those of a rate limiter take some hundred instructions. */
const MAX_INSTRUCTIONS = 10_000_000;

const PRELUDE = `
  unpack = table.unpack
  math.pow = function(x, y) return x ^ y end
  dofile, loadfile, load, require, print, collectgarbage = nil
  KEYS, ARGV = {}, {}
  redis.status_reply = function(text) return { ok = text } end
  redis.error_reply = function(text)
    if not string.find(text, ' ', 1, true) then text = 'ERR ' .. text end
    return { err = text }
  end
  redis.log = function() end
  redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING = 0, 1, 2, 3
  setmetatable(_G, { __newindex = function(_, name)
    error('Attempt to modify a readonly table, by setting the global ' .. tostring(name), 2)
  end })
`;

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/**
 * Redis's scripts. They run to their end before anything else does, which is what makes them atomic. The
 * language is Lua 5.3, not 5.1, made to look alike where Waypost's scripts touch the difference.
 */
export class Scripts {
  readonly #state: LuaState;
  readonly #compiled = new Map<string, number>();
  #call: (command: string[]) => Reply = () => null;

  constructor() {
    this.#state = lauxlib.luaL_newstate();
    const libraries = {
      _G: lualib.luaopen_base,
      table: lualib.luaopen_table,
      string: lualib.luaopen_string,
      math: lualib.luaopen_math,
    };
    for (const [name, open] of Object.entries(libraries)) {
      lauxlib.luaL_requiref(this.#state, to_luastring(name), open, true);
    }
    lua.lua_newtable(this.#state);
    this.#define('call', (state) => this.#callFromLua(state, true));
    this.#define('pcall', (state) => this.#callFromLua(state, false));
    this.#define('sha1hex', (state) => {
      pushReply(state, sha1(readText(state, 1)));
      return 1;
    });
    lua.lua_setglobal(this.#state, to_luastring('redis'));
    this.#runCompiled(this.#compile(PRELUDE));
  }

  has(sha: string): boolean {
    return this.#compiled.has(sha.toLowerCase());
  }

  /** Compiles and remembers. @returns its sha1. @throws RedisError when it is no Lua. */
  load(source: string): string {
    const sha = sha1(source);
    // The shebang carries flags for Redis; to Lua it is noise, but its line has to be counted.
    if (!this.has(sha)) this.#compiled.set(sha, this.#compile(source.replace(/^#!/, '--')));
    return sha;
  }

  forgetAll(): void {
    for (const reference of this.#compiled.values()) {
      lauxlib.luaL_unref(this.#state, lua.LUA_REGISTRYINDEX, reference);
    }
    this.#compiled.clear();
  }

  /** @param call runs a command that the script asks for. @throws RedisError */
  run(sha: string, keys: string[], argv: string[], call: (command: string[]) => Reply): Reply {
    const reference = this.#compiled.get(sha.toLowerCase());
    if (reference === undefined) {
      throw new RedisError('NOSCRIPT No matching script. Please use EVAL.');
    }
    this.#call = call;
    pushList(this.#state, keys);
    lua.lua_setglobal(this.#state, to_luastring('KEYS'));
    pushList(this.#state, argv);
    lua.lua_setglobal(this.#state, to_luastring('ARGV'));
    return this.#runCompiled(reference);
  }

  #define(name: string, fn: (state: LuaState) => number): void {
    lua.lua_pushcfunction(this.#state, fn);
    lua.lua_setfield(this.#state, -2, to_luastring(name));
  }

  #compile(source: string): number {
    if (lauxlib.luaL_loadstring(this.#state, to_luastring(source)) !== lua.LUA_OK) {
      const reason = readText(this.#state, -1);
      lua.lua_settop(this.#state, 0);
      throw new RedisError(`ERR Error compiling script: ${reason}`);
    }
    return lauxlib.luaL_ref(this.#state, lua.LUA_REGISTRYINDEX);
  }

  #runCompiled(reference: number): Reply {
    const state = this.#state;
    lua.lua_sethook(state, stopRunaway, lua.LUA_MASKCOUNT, MAX_INSTRUCTIONS);
    lua.lua_rawgeti(state, lua.LUA_REGISTRYINDEX, reference);
    try {
      if (lua.lua_pcall(state, 0, 1, 0) === lua.LUA_OK) return readReply(state);
      const raised =
        lua.lua_type(state, -1) === lua.LUA_TTABLE ? readField(state, 'err') : undefined;
      throw new RedisError(raised ?? `ERR ${readText(state, -1)}`);
    } finally {
      lua.lua_settop(state, 0);
    }
  }

  #callFromLua(state: LuaState, raise: boolean): number {
    pushReply(state, this.#attempt(state));
    // Outside of any catch: Lua unwinds by throwing.
    if (
      raise &&
      lua.lua_type(state, -1) === lua.LUA_TTABLE &&
      readField(state, 'err') !== undefined
    ) {
      return lua.lua_error(state);
    }
    return 1;
  }

  #attempt(state: LuaState): Reply {
    try {
      return this.#call(readArguments(state));
    } catch (error) {
      return { err: error instanceof RedisError ? error.message : `ERR ${String(error)}` };
    }
  }
}

function stopRunaway(state: LuaState): number {
  // From now on at every instruction, or a script could go on behind a pcall.
  lua.lua_sethook(state, stopRunaway, lua.LUA_MASKCOUNT, 1);
  pushReply(state, { err: 'ERR the script runs for too long and was stopped' });
  return lua.lua_error(state);
}
