// Options of one underlying: greeks by expiry and strike, smiles, scenarios, where profit came from.
import { useMemo } from 'react';
import { keyPath } from '../protocol/rest';
import type { OptionUnderlying } from '../protocol/options';
import type { List } from '../protocol/types';
import { go, useParam } from '../router';
import { useQuery } from '../store/context';
import { Choice, QueryNotice } from '../ui/controls';
import { About, Ago } from '../ui/figures';
import { useCommands } from '../ui/keys';
import { names, unitOf } from './options_data';
import { ExplainPanel } from './options_explain';
import { GreeksPanel } from './options_greeks';
import { MarginPanel } from './options_margins';
import { useGreeks, useOneOf, type OptionPlace, type View } from './options_place';
import { ScenarioPanel } from './options_scenarios';
import { SmilePanel } from './options_smile';

const shows = [
  ['all', 'All'],
  ['greeks', 'Greeks'],
  ['smile', 'Smile'],
  ['scenarios', 'Scenarios'],
  ['explain', 'Explain'],
  ['margin', 'Margin'],
] as const;
type Show = (typeof shows)[number][0];

export function OptionsPage({ name }: { name: string | undefined }) {
  const query = useQuery<List<OptionUnderlying>>('/options', 5000);
  const items = query.data?.items;
  const underlying = name ?? items?.[0]?.underlying;
  const item = items?.find((i) => i.underlying === underlying);
  if (underlying !== undefined && item)
    return <Underlying key={underlying} item={item} items={items ?? []} list={query} />;
  return (
    <div className="page options">
      <h1>Options{name === undefined ? '' : ` on ${name}`}</h1>
      <QueryNotice query={query} what="options" />
      {items ? (
        <section className="panel" aria-label="Options">
          <p className="empty">
            {items.length === 0
              ? 'No factor of this desk counts an option.'
              : `No factor of this desk counts options on ${name}. There are some on ${items
                  .map((i) => i.underlying)
                  .join(', ')}.`}
          </p>
          {items.length > 0 ? (
            <p className="body">
              <button type="button" onClick={() => go('/options')}>
                To {items[0]!.underlying}
              </button>
            </p>
          ) : null}
        </section>
      ) : (
        <section className="panel" aria-label="Options" />
      )}
    </div>
  );
}

function Underlying({
  item,
  items,
  list,
}: {
  item: OptionUnderlying;
  items: OptionUnderlying[];
  list: ReturnType<typeof useQuery<List<OptionUnderlying>>>;
}) {
  const [book, setBook] = useParam('book', '*');
  const [show, setShow] = useOneOf<Show>(
    'show',
    shows.map(([key]) => key),
  );
  const [view, setView] = useOneOf<View>('view', ['chart', 'table']);
  const place = useMemo<OptionPlace>(
    () => ({ underlying: item.underlying, book, view }),
    [item.underlying, book, view],
  );
  useCommands([
    {
      keys: 't',
      label: 'Charts or tables',
      run: () => setView(view === 'chart' ? 'table' : 'chart'),
    },
    ...shows.map(([key, title], i) => ({
      keys: String(i + 1),
      label: key === 'all' ? 'Show all' : `Show ${title.toLowerCase()} only`,
      run: () => setShow(key),
    })),
  ]);
  const seen = (part: Show) => show === 'all' || show === part;
  const books = item.books.includes(book) ? item.books : [...item.books, book];
  return (
    <div className={`page options${list.problem ? ' stale' : ''}`}>
      <header className="row title">
        <h1>Options on {item.underlying}</h1>
        {items.length > 1 ? (
          <label className="row">
            Underlying
            <select
              value={item.underlying}
              onChange={(event) => go(`/options/${keyPath(event.target.value)}`)}
            >
              {items.map((i) => (
                <option key={i.underlying}>{i.underlying}</option>
              ))}
            </select>
          </label>
        ) : null}
        <label className="row">
          Book
          <select value={book} onChange={(event) => setBook(event.target.value)}>
            {books.map((b) => (
              <option key={b} value={b}>
                {b === '*' ? 'the whole desk' : b}
              </option>
            ))}
          </select>
        </label>
        <span className="grow" />
        <Choice label="Show" value={show} options={shows} onChange={setShow} />
        <Choice
          label="View"
          value={view}
          options={[
            ['chart', 'Chart'],
            ['table', 'Table'],
          ]}
          onChange={setView}
        />
      </header>
      {list.problem ? <QueryNotice query={list} what="the list of options" /> : null}
      <Now place={place} />
      {seen('margin') ? <MarginPanel view={view} /> : null}
      {seen('greeks') ? <GreeksPanel place={place} /> : null}
      {seen('smile') ? <SmilePanel place={place} listed={item.expiries} /> : null}
      {seen('scenarios') ? <ScenarioPanel place={place} /> : null}
      {seen('explain') ? <ExplainPanel place={place} /> : null}
    </div>
  );
}

/** What all of it is together, or why nobody knows. */
function Now({ place }: { place: OptionPlace }) {
  const query = useGreeks(place);
  const { data } = query;
  const notice = <QueryNotice query={query} what="the table of greeks" />;
  if (!data) return notice;
  const facts = [
    'value',
    'delta',
    'delta_net',
    'gamma',
    'vega',
    'theta',
    'vanna',
    'volga',
  ] as const;
  return (
    <>
      {notice}
      {data.total === null ? (
        <p className="notice warn" role="status">
          <span aria-hidden="true">? </span>
          The greeks of all together are unknown: {data.unknown_reason ?? 'no reason is given'}.
        </p>
      ) : null}
      <section
        className={`panel facts-panel${query.problem ? ' stale' : ''}`}
        aria-label="All expiries together"
      >
        <dl className="facts live">
          {facts.map((name) => (
            <div key={name}>
              <dt>
                {names[name]}{' '}
                <span className="faint">{unitOf(name, data.underlying, data.quote)}</span>
              </dt>
              <dd>{data.total === null ? '?' : <About value={data.total[name]} plus />}</dd>
            </div>
          ))}
          <div>
            <dt>As of</dt>
            <dd>
              <Ago time={data.as_of} short />
            </dd>
          </div>
        </dl>
      </section>
    </>
  );
}
