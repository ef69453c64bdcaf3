/** What Redis answers to one command; a status such as OK is text. */
export type Reply = string | number | null | Reply[];

/** An error that Redis answers, its code first: `ERR …`, `NOSCRIPT …`. */
export class RedisError extends Error {
  override name = 'RedisError';
}

/** The commands a connection could send; every argument is text, the command's name first. */
export type RedisEngine = {
  /** @throws RedisError for what Redis answers with an error; anything else means it is out of reach. */
  run: (command: string[]) => Promise<Reply>;
  close: () => Promise<void>;
};
