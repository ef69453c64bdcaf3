import type { ReactElement } from 'react';
import { BASE_PATH } from '../../api/base-path.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { t } from '../../messages/en.ts';

const FORMATS = ['csv', 'jsonl'] as const;

/** What the filters show, whole, as a file. The browser fetches it: nothing passes through the page's memory. */
export const ExportMenu = ({ query }: { query: string }): ReactElement => (
  <Menu
    trigger={
      <Button>
        <Icon name="download" />
        {t.messages.export}
      </Button>
    }
  >
    {FORMATS.map((format) => (
      <MenuItem
        key={format}
        onSelect={() => {
          const parameters = new URLSearchParams(query);
          parameters.set('format', format);
          const href = `${BASE_PATH}/v1/messages/export?${parameters.toString()}`;
          Object.assign(document.createElement('a'), {
            href,
            download: `messages.${format}`,
          }).click();
        }}
      >
        {t.messages.exportAs[format]}
      </MenuItem>
    ))}
  </Menu>
);
