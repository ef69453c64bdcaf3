import { numberIn } from '../../components/numbers.ts';
import type { Schemas } from '../../api/client.ts';

type Workspace = Schemas['Workspace'];

/** The settings as the form holds them. Empty texts are none, where there may be none. */
export const draftOf = (workspace: Workspace) => ({
  name: workspace.name,
  timeZone: workspace.timeZone,
  defaultCountry: workspace.defaultCountry ?? '',
  defaultSessionId: workspace.defaultSessionId ?? '',
  region: workspace.region ?? '',
  minIntervalMs: String(workspace.pacing?.minIntervalMs ?? ''),
  jitterMs: String(workspace.pacing?.jitterMs ?? ''),
  mediaRetentionHours: String(workspace.mediaRetentionHours),
  contentRetentionDays: String(workspace.contentRetentionDays),
  cleanupTime: workspace.cleanupTime,
  stopWords: workspace.stopWords.join(', '),
  captureLeads: workspace.captureLeads,
});
export type Draft = ReturnType<typeof draftOf>;

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** What the API is asked for. Pure. */
export function bodyOf({ minIntervalMs, jitterMs, ...draft }: Draft) {
  const hasPacing = orNull(minIntervalMs) !== null || orNull(jitterMs) !== null;
  return {
    ...draft,
    defaultCountry: orNull(draft.defaultCountry),
    defaultSessionId: orNull(draft.defaultSessionId),
    region: orNull(draft.region),
    pacing: hasPacing
      ? { minIntervalMs: numberIn(minIntervalMs), jitterMs: numberIn(jitterMs) }
      : null,
    mediaRetentionHours: numberIn(draft.mediaRetentionHours),
    contentRetentionDays: numberIn(draft.contentRetentionDays),
    stopWords: draft.stopWords
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  };
}
