import { type FormEvent, useState } from 'react';
import { type Trouble, troubleOf } from '../errors/trouble.ts';
import { troubleWords } from '../errors/trouble-words.ts';

interface Form {
  readonly isBusy: boolean;
  /** What is wrong with a field. */
  readonly problemOf: (field: string) => string | undefined;
  /** What is wrong otherwise. */
  readonly trouble: Trouble | undefined;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/**
 * Sends a form and holds what came of it.
 *
 * @param fields those at which a problem is shown; what concerns none of them is trouble
 * @param send gets the fields by name
 */
export function useForm(
  fields: readonly string[],
  send: (values: Readonly<Record<string, string>>, form: HTMLFormElement) => Promise<void>,
): Form {
  const [isBusy, setIsBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const isAtField = trouble?.field !== undefined && fields.includes(trouble.field);
  const submit = async (form: HTMLFormElement) => {
    setIsBusy(true);
    setTrouble(undefined);
    try {
      await send(valuesOf(form), form);
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setIsBusy(false);
    }
  };
  return {
    isBusy,
    trouble: isAtField ? undefined : trouble,
    problemOf: (field) => (trouble?.field === field ? troubleWords(trouble) : undefined),
    onSubmit: (event) => {
      event.preventDefault();
      if (!isBusy) void submit(event.currentTarget);
    },
  };
}

function valuesOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  const entries = [...new FormData(form)].map(([name, value]) => [
    name,
    typeof value === 'string' ? value : '',
  ]);
  return Object.fromEntries(entries);
}
