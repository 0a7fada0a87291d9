// What the mock weighs against a deviation: the actions, their costs, and how the chosen one is done.

export function weigh(factor, prices) {
  const modes = factor.controlled;
  const action = modes.hedge !== 'off' ? 'hedge' : 'transfer';
  const mode = modes[action];
  const price = prices[factor.coin] ?? (factor.unit === 'USDT' ? 1 : (prices[factor.unit] ?? 1));
  const distance =
    Math.abs(factor.z) > 1 ? (Math.abs(factor.z) - 1) * factor.half : 0.1 * factor.half;
  const notional = distance * price;
  const cost = action === 'hedge' ? notional * 0.00046 : 4.5 + notional * 0.00001;
  const risk = notional * 0.00002;
  const money = (x) => x.toFixed(2);
  const option = (name, possible, why, c, r, seconds) => ({
    action: name,
    chosen: name === action,
    possible,
    in_time: possible && seconds <= 120,
    cost: possible ? money(c) : null,
    risk_cost: possible ? money(r) : null,
    total: possible ? money(c + r) : null,
    seconds: possible ? seconds : null,
    why,
  });
  const options = [
    option(
      'wait',
      action === 'hedge',
      action === 'hedge'
        ? 'half-life of 41 min: not back within 2 min'
        : 'the deviation does not come back by itself',
      0,
      risk * 40,
      2460,
    ),
    option(
      'skew',
      modes.skew !== 'off',
      modes.skew === 'off'
        ? 'its mode is off'
        : 'leaned quotes attract 0.004 a second: not back within 2 min',
      cost * 0.35,
      risk * 9,
      540,
    ),
    option(
      'hedge',
      action === 'hedge',
      action === 'hedge' ? 'the cheapest in time' : 'no hedge moves a cash balance',
      cost,
      risk,
      1.2,
    ),
    option(
      'transfer',
      action === 'transfer',
      action === 'transfer' ? 'the cheapest in time' : 'a transfer moves no such factor',
      cost,
      risk,
      95,
    ),
  ];
  const side = factor.z > 0 ? 'sell' : 'buy';
  const lines =
    action === 'hedge'
      ? [
          {
            depth: 0,
            label: `${factor.coin}-USDT-PERP bybit/main`,
            value: `${side} ${factor.text(distance)} at ${money(price * (side === 'buy' ? 1.0002 : 0.9998))} or better`,
          },
          {
            depth: 1,
            label: 'cost of one',
            value: `${money(price * 0.0001)} half spread + ${money(price * 0.00035)} fee + ${money(price * 0.00001)} funding`,
          },
          {
            depth: 0,
            label: `${factor.coin}-USDT binance/hedge`,
            value: `not traded: ${money(price * 0.0011)} for one`,
          },
        ]
      : [
          {
            depth: 0,
            label: 'route',
            value:
              factor.z > 0
                ? `${factor.factor} to binance/main`
                : `binance/main to ${factor.factor}`,
          },
          { depth: 1, label: 'fee', value: `${money(cost)} USDT, about 95 s` },
        ];
  return { action, mode, cost, quantity: factor.text(distance), options, lines };
}
