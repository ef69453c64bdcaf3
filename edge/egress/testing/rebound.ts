import type { EdgeEnv } from '../../env.ts';
import { newInbox } from '../../testing/receiver.ts';

const answerOf = (address: string) => ({
  status: 200,
  body: JSON.stringify({ Status: 0, Answer: [{ name: 'x', type: 1, TTL: 0, data: address }] }),
});

/**
 * A name that is public when it is first asked for, while a connection to it leads to this machine.
 * @param then its address when it is asked for again
 */
export async function reboundName(env: EdgeEnv, then: string) {
  const { EGRESS_PRIVATE } = env;
  if (EGRESS_PRIVATE === undefined) throw new Error('no EGRESS_PRIVATE binding');
  const [resolver, victim] = [newInbox(), newInbox()];
  // A and AAAA are asked for side by side.
  await resolver.script(answerOf('1.1.1.1'), answerOf('1.1.1.1'), answerOf(then));
  // Stands for the network's own resolver. That of DNS over HTTPS is on loopback, where the public binding does not reach.
  const fetch = (asked: string | Request, init?: RequestInit): Promise<Response> =>
    typeof asked === 'string'
      ? env.EGRESS.fetch(asked.replace('rebound.example', 'localhost'), init)
      : EGRESS_PRIVATE.fetch(asked);
  const EGRESS = new Proxy(env.EGRESS, {
    get: (target, name) => (name === 'fetch' ? fetch : Reflect.get(target, name)),
  });
  const { port, pathname } = new URL(victim.url);
  return {
    env: { ...env, EGRESS, DOH_URL: resolver.url },
    url: `http://rebound.example:${port}${pathname}`,
    asked: resolver.received,
    received: victim.received,
  };
}
