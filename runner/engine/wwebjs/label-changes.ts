import type { RelayedEvent } from '../../../shared/catalogue/events/relayed.ts';
import type { LabelsShown } from './page/labels.ts';

type LabelEvent = Extract<RelayedEvent, { type: 'label.updated' | 'label.chat' }>;

/** What happened to the labels between two looks: first to the labels, then to the chats. Pure. */
export function labelChanges(before: LabelsShown, after: LabelsShown): LabelEvent[] {
  const [old, now] = [byId(before), byId(after)];
  const known = new Map([...old, ...now]);
  const saved = after.labels.filter(({ id, name, color }) => {
    const was = old.get(id);
    return was?.name !== name || was.color !== color;
  });
  const deleted = before.labels.filter(({ id }) => !now.has(id));
  const updated = (deletedNow: boolean) => (label: LabelsShown['labels'][number]) => {
    const { id: labelId, name, color } = label;
    return { type: 'label.updated', data: { labelId, name, color, deleted: deletedNow } } as const;
  };
  const moved = (from: LabelsShown, to: LabelsShown, added: boolean): LabelEvent[] => {
    const had = new Set(pairsOf(from).map((pair) => keyOf(pair)));
    return pairsOf(to).flatMap(({ chatId, labelId }): LabelEvent[] => {
      const label = known.get(labelId);
      if (label === undefined || had.has(keyOf({ chatId, labelId }))) return [];
      const { name, color } = label;
      return [{ type: 'label.chat', data: { labelId, name, color, chatId, added } }];
    });
  };
  return [
    ...saved.map(updated(false)),
    ...deleted.map(updated(true)),
    ...moved(before, after, true),
    ...moved(after, before, false),
  ];
}

const byId = ({ labels }: LabelsShown) => new Map(labels.map((label) => [label.id, label]));

const pairsOf = ({ chats }: LabelsShown) =>
  chats.flatMap(({ chatId, labelIds }) => labelIds.map((labelId) => ({ chatId, labelId })));

const keyOf = ({ chatId, labelId }: { chatId: string; labelId: string }) => `${labelId} ${chatId}`;
