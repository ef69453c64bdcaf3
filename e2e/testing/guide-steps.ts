import { expect, it } from 'vitest';
import { alike, runStep, type Step } from './follow-guide.ts';

/** A test for each command of a guide, run as it stands there, and compared to the answer that stands after it. */
export function followsGuide(
  steps: readonly Step[],
  commands: number,
  variables: () => Promise<Readonly<Record<string, string>>>,
): void {
  it('the guide has its commands', () => {
    expect(steps).toHaveLength(commands);
  });

  it.each(steps)('the guide shows what is answered to $command', async (step) => {
    const printed = await runStep(step, await variables());
    expect(alike(step.format, printed)).toEqual(alike(step.format, step.answer));
  });
}
