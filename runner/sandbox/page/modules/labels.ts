import type { Label } from '../../protocol/records.ts';
import type { Core } from '../core.ts';
import type { ChatModel } from '../models/chat.ts';

/** Takes over the account's labels. */
export function applyLabels(core: Core, labels: Label[]): void {
  const { Label } = core.collections;
  for (const { id, name, color } of labels) {
    const known = Label.get(id);
    if (known === undefined) Label.add({ id, name, hexColor: color });
    else known.set({ name, hexColor: color });
  }
  core.conn.set('platform', 'smba');
}

/** Label.addOrRemoveLabels of the business client. */
export async function changeLabels(
  core: Core,
  actions: { id: string; type: 'add' | 'remove' }[],
  chats: ChatModel[],
): Promise<void> {
  for (const chat of chats) {
    const added = actions.filter(({ type }) => type === 'add').map(({ id }) => id);
    const removed = new Set(actions.filter(({ type }) => type === 'remove').map(({ id }) => id));
    const labels = [...new Set([...chat.labels, ...added])].filter((id) => !removed.has(id));
    await core.transport.ask('chatModify', { chat: chat.id.toString(), patch: { labels } });
    chat.set('labels', labels);
    for (const label of core.collections.Label.models) {
      const parentId = chat.id.toString();
      if (labels.includes(label.id)) {
        label.labelItemCollection.add({ id: parentId, parentType: 'Chat', parentId });
      } else {
        label.labelItemCollection.remove(parentId);
      }
    }
  }
}
