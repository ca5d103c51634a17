import { LIMITS } from '../../src/graphql/limits/limits.ts';
import { PARSE_OPTIONS } from '../../src/graphql/limits/parse-options.ts';
import { codes, tableRows } from './markdown.ts';

describe('the table of limits in docs/errors.md', () => {
  const rows = tableRows('docs/errors.md', 'Limits of a document').map(
    ([most = '', what = '', code = '']) => ({
      most: Number(most.replace(',', '')),
      what,
      code: codes(code)[0],
    }),
  );

  it('has what the parser refuses', () => {
    const { maxSourceLength, maxLexicalTokens } = PARSE_OPTIONS;
    const parsed = rows.filter(({ code }) => code === 'GRAPHQL_PARSE_FAILED').map(({ most }) => most);
    expect(parsed).toEqual([maxSourceLength, maxLexicalTokens]);
  });

  it('has every limit of what is parsed', () => {
    const walked = rows.filter(({ code }) => code !== 'GRAPHQL_PARSE_FAILED');
    const limits = Object.values(LIMITS).map(({ code, most }) => [code, most]);
    expect(walked.map(({ code, most }) => [code, most])).toEqual(limits);
  });
});
