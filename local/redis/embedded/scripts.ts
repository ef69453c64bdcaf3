import { createHash } from 'node:crypto';
import { lauxlib, lua, type LuaState, lualib, to_luastring } from 'fengari';
import { RedisError, type Reply } from '../reply.ts';
import { pushReply, readArguments, readReply, readText } from './lua-values.ts';

/** Nobody else is served while a script runs; those of a rate limiter take some hundred instructions. */
const MAX_INSTRUCTIONS = 10_000_000;

const PRELUDE = `
  dofile, loadfile, load, require, print, collectgarbage = nil
  KEYS, ARGV = {}, {}
  setmetatable(_G, { __newindex = function(_, name)
    error('Attempt to modify a readonly table, by setting the global ' .. tostring(name), 2)
  end })
`;

/**
 * Redis's scripts, as far as the rate limiter's need them. They run to their end before anything else does, which is what
 * makes them atomic. The language is Lua 5.3, not 5.1.
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
    lua.lua_pushcfunction(this.#state, (state) => this.#callFromLua(state));
    lua.lua_setfield(this.#state, -2, to_luastring('call'));
    lua.lua_setglobal(this.#state, to_luastring('redis'));
    this.#runCompiled(this.#compile(PRELUDE));
  }

  /** Compiles and remembers. @returns its sha1. @throws RedisError when it is no Lua. */
  load(source: string): string {
    const sha = createHash('sha1').update(source).digest('hex');
    // The shebang carries flags for Redis; to Lua it is noise, but its line has to be counted.
    if (!this.#compiled.has(sha))
      this.#compiled.set(sha, this.#compile(source.replace(/^#!/, '--')));
    return sha;
  }

  /** @param call runs a command that the script asks for. @throws RedisError */
  run(sha: string, keys: string[], argv: string[], call: (command: string[]) => Reply): Reply {
    const reference = this.#compiled.get(sha.toLowerCase());
    if (reference === undefined) {
      throw new RedisError('NOSCRIPT No matching script. Please use EVAL.');
    }
    this.#call = call;
    pushReply(this.#state, keys);
    lua.lua_setglobal(this.#state, to_luastring('KEYS'));
    pushReply(this.#state, argv);
    lua.lua_setglobal(this.#state, to_luastring('ARGV'));
    return this.#runCompiled(reference);
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
      throw new RedisError(`ERR ${readText(state, -1).replace(/^ERR /, '')}`);
    } finally {
      lua.lua_settop(state, 0);
    }
  }

  #callFromLua(state: LuaState): number {
    let failure: string;
    try {
      pushReply(state, this.#call(readArguments(state)));
      return 1;
    } catch (error) {
      failure = error instanceof RedisError ? error.message : `ERR ${String(error)}`;
    }
    // Outside of the catch: Lua unwinds by throwing.
    pushReply(state, failure);
    return lua.lua_error(state);
  }
}

function stopRunaway(state: LuaState): number {
  // From now on at every instruction, or a script could go on behind a pcall.
  lua.lua_sethook(state, stopRunaway, lua.LUA_MASKCOUNT, 1);
  pushReply(state, 'ERR the script runs for too long and was stopped');
  return lua.lua_error(state);
}
