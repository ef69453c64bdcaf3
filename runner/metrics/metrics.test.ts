import { expect, test } from 'vitest';
import { useStage } from '../testing/use-stage.ts';

const TOKEN = 'a token of the operator';
const stage = useStage();

const scrape = async (authorization = `Bearer ${TOKEN}`) =>
  fetch(`${stage().runner?.url}/metrics`, { headers: { authorization } });
const startHere = () => {
  stage().extraEnv = { METRICS_TOKEN: TOKEN };
  return stage().startHere();
};

test('shows what the runner does, and what its process takes', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  await startHere();
  await edge.online(session);
  const answer = await scrape();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).toContain('\nwaypost_runner_held_sessions{status="online"} 1\n');
  expect(text).toContain('\nwaypost_runner_messages_settled_total{outcome="sent"} 0\n');
  expect(text).toMatch(/\nwaypost_runner_heartbeat_answer_age_seconds \d/);
  expect(text).toMatch(/\nprocess_resident_memory_bytes \d{7}/);

  await edge.settled(edge.queue(session, 'hello'));
  expect(await (await scrape()).text()).toContain(
    '\nwaypost_runner_messages_settled_total{outcome="sent"} 1\n',
  );
});

test.each(['', 'Bearer ', 'Bearer another token', TOKEN])(
  'is closed to whoever sends "%s", also from this machine',
  async (authorization) => {
    await startHere();
    const answer = await scrape(authorization);
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('waypost_runner');
  },
);

test('is not there without a token of its own', async () => {
  await stage().startHere();
  for (const authorization of ['', 'Bearer ', 'Bearer undefined'])
    expect((await scrape(authorization)).status).toBe(404);
});
