import type { LABEL_OPERATIONS } from '../../../../shared/catalogue/live/labels.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof LABEL_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const LABELS: Implementers<LivePage, Names> = {
  listLabels: onPage(listLabels),
  getChatLabels: onPage(getChatLabels),
  setChatLabels: onPage(setChatLabels),
};

/** Runs on the page. */
function listLabels(_input: EngineInput<'listLabels'>): Answer<'listLabels'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => ({ labels: live.labels() }));
}

/** Runs on the page. */
function getChatLabels({ chatId }: EngineInput<'getChatLabels'>): Answer<'getChatLabels'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => {
    const known = live.labels();
    const { labels = [] } = live.chat(chatId);
    return { labels: known.filter(({ id }) => labels.includes(id)) };
  });
}

/** Runs on the page. */
function setChatLabels({
  chatId,
  labelIds,
}: EngineInput<'setChatLabels'>): Answer<'setChatLabels'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const known = live.labels();
    const unknown = labelIds.filter((id) => known.every((label) => label.id !== id));
    if (unknown.length > 0) live.refuse('NOT_FOUND', `There is no label ${unknown.join(', ')}.`);
    const chat = live.chat(chatId);
    const before = chat.labels ?? [];
    const actions = [
      ...labelIds.filter((id) => !before.includes(id)).map((id) => ({ id, type: 'add' as const })),
      ...before
        .filter((id) => !labelIds.includes(id))
        .map((id) => ({ id, type: 'remove' as const })),
    ];
    if (actions.length > 0)
      await page.require('WAWebCollections').Label.addOrRemoveLabels(actions, [chat]);
    const isDone = (): boolean => {
      const now = chat.labels ?? [];
      return now.length === labelIds.length && labelIds.every((id) => now.includes(id));
    };
    for (let waited = 0; !isDone(); waited += 100) {
      if (waited >= 5_000) return live.refuse('CONFLICT', 'WhatsApp did not make the change.');
      await live.pause(100);
    }
    return { labels: known.filter(({ id }) => labelIds.includes(id)) };
  });
}
