// Positions, balances, transfers and reconciliation breaks of the mock's desk.

const position = (
  venue,
  account,
  book,
  instrument,
  settlement,
  qty,
  average_price,
  realized_pnl,
  fees,
  funding,
) => ({
  venue,
  account,
  book,
  instrument,
  qty,
  average_price,
  realized_pnl,
  unrealized_pnl: null,
  settlement,
  mark: null,
  fees,
  funding,
});

export function openingBooks(desk) {
  const at = (ago) => new Date((desk.opened - ago) * 1000).toISOString();
  return {
    positions: [
      position(
        'binance',
        'main',
        'mm',
        'BTC-USDT',
        'USDT',
        '3.41820000',
        '63981.402913',
        '18204.118250',
        { USDT: '1204.33', BNB: '0.41' },
        {},
      ),
      position(
        'binance',
        'main',
        'mm',
        'ETH-USDT',
        'USDT',
        '-41.208',
        '3190.11875',
        '4127.902',
        { USDT: '402.18' },
        {},
      ),
      position(
        'bybit',
        'main',
        'arb',
        'BTC-USDT-PERP',
        'USDT',
        '-2.980',
        '64102.77',
        '2291.4402',
        { USDT: '611.02' },
        { USDT: '148.291' },
      ),
      position(
        'bybit',
        'main',
        'arb',
        'ETH-USDT-PERP',
        'USDT',
        '38.55',
        '3177.0625',
        '-812.05',
        { USDT: '133.70' },
        { USDT: '-20.119' },
      ),
      position(
        'deribit',
        'options',
        'options',
        'BTC-USD-PERP',
        'BTC',
        '152000',
        '63870.5',
        '0.11820441',
        { BTC: '0.00420000' },
        { BTC: '-0.00091822' },
      ),
      position(
        'deribit',
        'options',
        'options',
        'BTC-26MAR27-80000-C',
        'BTC',
        '-40.0',
        '0.0415',
        '0.0',
        { BTC: '0.012' },
        {},
      ),
      position(
        'deribit',
        'options',
        'options',
        'BTC-26MAR27-55000-P',
        'BTC',
        '25.0',
        '0.0388',
        '0.062',
        { BTC: '0.0075' },
        {},
      ),
    ],
    balances: [
      ['binance', 'main', 'USDT', '1611204.18250000'],
      ['binance', 'main', 'BTC', '6.41820000'],
      ['binance', 'main', 'ETH', '318.208000000000000000'],
      ['binance', 'hedge', 'USDT', '220000.00000000'],
      ['bybit', 'main', 'USDT', '842910.44021900'],
      ['deribit', 'options', 'BTC', '22.104982210000000000'],
      ['deribit', 'options', 'USD', '0.00'],
    ].map(([venue, account, asset, qty]) => ({ venue, account, asset, qty })),
    transfers: [
      {
        id: 't-311',
        asset: 'USDT',
        qty: '150000',
        from: 'binance/main',
        to: 'bybit/main',
        sent: at(140),
        overdue: false,
      },
      {
        id: 't-308',
        asset: 'BTC',
        qty: '1.25',
        from: 'binance/main',
        to: 'deribit/options',
        sent: at(5400),
        overdue: true,
      },
    ],
    breaks: [
      {
        venue: 'deribit',
        account: 'options',
        subject: 'BTC',
        stated: '20.854982210000000000',
        ours: '22.104982210000000000',
        since: at(1900),
        open: true,
        candidates: [
          'transfer t-308 of 1.25 BTC from binance/main, sent and not arrived',
          'no fill or funding of this size in the last hour',
        ],
      },
    ],
  };
}

/** Marks move, and what they are worth. */
export function refreshBooks(desk) {
  for (const p of desk.books.positions) {
    const coin = p.instrument.slice(0, 3);
    const price = desk.prices[coin];
    const option = /-[CP]$/.test(p.instrument);
    p.mark = option ? '0.0402' : price.toFixed(2);
    const change = option
      ? Number(p.qty) * (0.0402 - Number(p.average_price))
      : p.settlement === 'BTC'
        ? Number(p.qty) * (1 / Number(p.average_price) - 1 / price)
        : Number(p.qty) * (price - Number(p.average_price));
    const text = change.toFixed(p.settlement === 'BTC' ? 8 : 4);
    if (text !== p.unrealized_pnl) desk.changed.positions.add(p);
    p.unrealized_pnl = text;
  }
}
