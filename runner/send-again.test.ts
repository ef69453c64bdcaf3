import { describe, expect, it } from 'vitest';
import { FakeClock } from './testing/fake-clock.ts';
import { until } from './testing/until.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const texts = (): string[] =>
  stage()
    .wire()
    .map(({ text }) => text);

const sends = ({ engines }: ReturnType<typeof stage>['whatsapp']): number =>
  engines.flatMap(({ calls }) => calls).filter((call) => call === 'send').length;

describe('a message that was turned away', () => {
  it('reports a failure and goes on', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const failed = edge.queue(session, '@failed');
    const next = edge.queue(session, 'next');
    await stage().startHere();
    expect(await edge.settled(failed)).toBe('failed');
    expect(await edge.settled(next)).toBe('sent');
  });

  it('tries again, in order, what is known not to have left', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const first = edge.queue(session, '@unavailable once');
    const second = edge.queue(session, 'second');
    await stage().startHere();
    expect(await edge.settled(first)).toBe('sent');
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['@unavailable once', 'second']);
  });

  it('gives back what was turned away, and counts over restarts until it fails; then the next one goes', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const first = edge.queue(session, '@never-ready');
    const second = edge.queue(session, 'second');
    const clock = new FakeClock(Date.now());
    const runner = await stage().startHere({ clock });
    const isBack = (attempts: number): boolean =>
      first.attempts === attempts && first.status === 'queued' && second.status === 'queued';
    await until('it is back in the queue', () => isBack(1));
    await clock.advance(500);
    await until('it is back again', () => isBack(2));
    await runner.stop();

    await stage().startHere({ clock });
    for (const [attempts, pauseMs] of [
      [3, 2_000],
      [4, 4_000],
    ] as const) {
      await until('it is back once more', () => isBack(attempts));
      await clock.advance(pauseMs);
    }
    expect(await edge.settled(first)).toBe('failed');
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['second']);
    expect(sends(whatsapp)).toBe(6);
    expect(edge.told(session, 'message.settled').at(-2)?.error).toEqual({
      code: 'UNAVAILABLE',
      message: 'the page is still loading',
    });
  });

  it('goes past a message that was cancelled while it waited for its next try', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const first = edge.queue(session, '@never-ready');
    const second = edge.queue(session, 'second');
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock });
    await until(
      'both are back in the queue',
      () => first.attempts === 1 && first.status === 'queued' && second.status === 'queued',
    );
    first.status = 'failed';
    await clock.advance(500);
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['second']);
  });

  it('keeps it too where messages are turned away while the next ones are claimed', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    edge.beforeClaimAnswer = async () => {
      if (edge.claims.length > 5) {
        await until('one was turned away', () => sends(whatsapp) >= 3);
        // A slow answer: time enough for what was turned away to be put back without it, if the runner did not wait.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const words = Array.from({ length: 14 }, (_, index) =>
      [2, 3, 9].includes(index) ? `@unavailable ${index}` : `text ${index}`,
    );
    const all = words.map((text) => edge.queue(session, text));
    await stage().startHere();
    await Promise.all(all.map((message) => edge.settled(message)));
    expect(texts()).toEqual(words);
    expect(all.map(({ attempts }) => attempts)).toEqual(
      words.map((text) => (text.startsWith('@') ? 1 : 0)),
    );
  });
});
