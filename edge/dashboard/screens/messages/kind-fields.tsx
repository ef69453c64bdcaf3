import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { upload } from '../../api/upload.ts';
import { Checkbox, Input, TextArea } from '../../components/field.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import type { Values } from './body.ts';
import { type Field, fieldsOf, type Kind } from './kinds.ts';

const text = t.messages.form;

type Props = {
  values: Values;
  errors: Readonly<Record<string, string>>;
  onChange: (values: Values) => void;
};

/** The fields of one kind of message. */
export const KindFields = ({ kind, ...rest }: Props & { kind: Kind }): ReactElement => (
  <>
    {fieldsOf(kind).map((field) => (
      <KindField key={field.name} field={field} {...rest} />
    ))}
  </>
);

function KindField({ field, values, errors, onChange }: Props & { field: Field }): ReactElement {
  const { name, label, as, required = false } = field;
  const value = values[name];
  if (as === 'flag')
    return (
      <Checkbox
        label={text.fields[label]}
        checked={value === true}
        onChange={(event) => onChange({ ...values, [name]: event.target.checked })}
      />
    );
  const shared = {
    label: text.fields[label],
    required,
    value: typeof value === 'string' ? value : '',
    error: errors[name] ?? errors[`contacts.0.${name}`],
    onChange: (event: { target: { value: string } }) =>
      onChange({ ...values, [name]: event.target.value }),
  };
  if (as === 'text' || as === 'lines') return <TextArea {...shared} />;
  if (as === 'number') return <Input {...shared} inputMode="decimal" />;
  return (
    <>
      <Input {...shared} autoComplete="off" type={as === 'file' ? 'url' : 'text'} />
      {as === 'file' && <FileInput onUploaded={(mediaId) => onChange({ ...values, mediaId })} />}
    </>
  );
}

function FileInput({ onUploaded }: { onUploaded: (mediaId: string) => void }): ReactElement {
  const uploading = useMutation({
    mutationFn: upload,
    onSuccess: ({ id }) => onUploaded(id),
  });
  return (
    <>
      <Input
        label={text.file}
        type="file"
        className="py-1.5"
        hint={uploading.isPending ? text.uploading : uploading.data?.id}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file !== undefined) uploading.mutate(file);
        }}
      />
      {uploading.error !== null && <ErrorNote error={uploading.error} />}
    </>
  );
}
