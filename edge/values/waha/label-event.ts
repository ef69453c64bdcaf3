import type { EventData } from '../../../shared/catalogue/events/index.ts';

type Reported = readonly [name: string, payload: object];

/** WhatsApp's own number of a color is not known. */
const shown = ({ labelId, name, color }: EventData<'label.updated' | 'label.chat'>) => ({
  id: labelId,
  name,
  color: null,
  colorHex: color,
});

export const LABEL_MAKERS = {
  'label.updated': (data: EventData<'label.updated'>): Reported[] => [
    [data.deleted ? 'label.deleted' : 'label.upsert', shown(data)],
  ],
  'label.chat': (data: EventData<'label.chat'>): Reported[] => {
    const { labelId, chatId, added } = data;
    const payload = { labelId, label: shown(data), chatId };
    return [[added ? 'label.chat.added' : 'label.chat.deleted', payload]];
  },
};
