import { expect, it } from 'vitest';
import { z } from 'zod';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const Line = z.looseObject({ event: z.string() });
const linesOf = (event: string) =>
  stage()
    .logged.flatMap((text) => text.split('\n').filter((line) => line !== ''))
    .map((line) => Line.parse(JSON.parse(line)))
    .filter((line) => line.event === event);

it('each unit of work leaves one line, with who it was for, how it ended and how long it took', async () => {
  const { edge } = stage();
  const sessionId = edge.addSession();
  await stage().startHere();
  await edge.online(sessionId);
  const message = edge.queue(sessionId, 'hush, nobody may read this');
  await edge.settled(message);
  await edge.command(sessionId, 'screenshot', {}, { commandId: 'cmd_1' });
  await edge.command(sessionId, 'screenshot', {}, { commandId: 'cmd_1' });
  await stage().runner?.stop();

  const common = { sessionId, epoch: 1, durationMs: expect.any(Number) };
  expect(linesOf('engine.started')).toEqual([expect.objectContaining(common)]);
  expect(linesOf('command')).toEqual([
    expect.objectContaining({ ...common, command: 'screenshot', commandId: 'cmd_1' }),
  ]);
  expect(linesOf('send')).toEqual([
    expect.objectContaining({
      ...common,
      messageId: message.messageId,
      type: 'text',
      outcome: 'sent',
    }),
  ]);
  expect(linesOf('session.stopped')).toEqual([expect.objectContaining(common)]);
  const posted = linesOf('spool.posted');
  expect(posted.length).toBeGreaterThan(0);
  expect(posted[0]).toMatchObject({ sessions: 1, refused: 0, reports: expect.any(Number) });
  expect(stage().logged.join('')).not.toContain('hush');
});
