/** Every key and every person may make so many calls a minute, with room to spare. */
const CALLS_OF_ONE = 40;

/**
 * Hands out a caller, and after so many times another one: a test of all operations grows with each new route, and nobody's
 * rate limit does.
 */
export function callersInTurn<Caller>(make: () => Promise<Caller>): () => Promise<Caller> {
  let times = 0;
  let caller = make();
  return () => {
    if (times > 0 && times % CALLS_OF_ONE === 0) caller = make();
    times += 1;
    return caller;
  };
}
