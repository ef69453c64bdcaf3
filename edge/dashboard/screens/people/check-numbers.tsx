import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { TextArea } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { FormError } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { t } from '../../messages/en.ts';
import { linesOf } from './lines.ts';

const text = t.people.check;

/** Asks WhatsApp which numbers it knows. */
export function CheckNumbers({ sessionId }: { sessionId: string }): ReactElement {
  const [typed, setTyped] = useState('');
  const numbers = linesOf(typed);
  const checking = useMutation({
    mutationFn: () => ask(api.POST('/v1/contacts/check', { body: { sessionId, numbers } })),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    checking.mutate();
  };
  return (
    <Card title={text.title}>
      <form onSubmit={submit} noValidate className="grid max-w-lg gap-4">
        <TextArea
          label={text.numbers}
          hint={text.hint}
          value={typed}
          error={fieldErrors(checking.error)['numbers']}
          onChange={(event) => setTyped(event.target.value)}
        />
        <FormError error={checking.error} shown={['numbers']} />
        <div>
          <Button
            type="submit"
            look="primary"
            disabled={numbers.length === 0}
            isBusy={checking.isPending}
          >
            {text.submit}
          </Button>
        </div>
      </form>
      {checking.data !== undefined && (
        <Table label={text.results} columns={[text.number, text.result, text.chatId]}>
          {checking.data.map((answer, index) => (
            <Row key={`${index} ${answer.id}`}>
              <Cell className="font-mono text-sm">{answer.id}</Cell>
              <Cell>
                {answer.exists === true && <Status tone="good" word={text.yes} />}
                {answer.exists === false && <Status tone="off" word={text.no} />}
                {answer.exists === 'unknown' && <Status tone="wait" word={text.unknown} />}
              </Cell>
              <Cell className="font-mono text-sm text-muted">{answer.chatId ?? '–'}</Cell>
            </Row>
          ))}
        </Table>
      )}
    </Card>
  );
}
