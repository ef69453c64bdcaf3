/** A status such as OK, which Lua and the REST encoding treat apart from the text "OK". */
export type Status = { ok: string };
export type Failure = { err: string };

/** What Redis answers to one command. */
export type Reply = string | number | null | Status | Failure | Reply[];

export const OK: Status = { ok: 'OK' };

/** An error that Redis answers, its code first: `ERR …`, `WRONGTYPE …`. */
export class RedisError extends Error {
  override name = 'RedisError';
}

export function isFailure(reply: Reply): reply is Failure {
  return typeof reply === 'object' && reply !== null && 'err' in reply;
}

export function isStatus(reply: Reply): reply is Status {
  return typeof reply === 'object' && reply !== null && 'ok' in reply;
}

/** The commands a connection could send; every argument is text, the command's name first. */
export type RedisEngine = {
  /** @throws RedisError for what Redis answers with an error; anything else means it is out of reach. */
  run: (command: string[]) => Promise<Reply>;
  /** All or none (MULTI/EXEC); a command that fails at run time leaves the others standing. */
  transaction: (commands: string[][]) => Promise<Reply[]>;
  close: () => Promise<void>;
};
