# ruff: noqa: E501 - long lines are what some are blamed for
"""Short functions, each written so that one likes to read it and so that one does not."""

from __future__ import annotations

from textwrap import dedent

_PLAIN = '''
    def mean_by_city(rows, least):
        """Average price of each city with at least `least` sales."""
        prices = {}
        for row in rows:
            prices.setdefault(row["city"], []).append(row["price"])

        return {city: sum(sold) / len(sold) for city, sold in prices.items() if len(sold) >= least}
'''

#: What is wrong with the second -> (one likes to read it, one does not).
_PAIRS: dict[str, tuple[str, str]] = {
    "one-letter names": (
        _PLAIN,
        '''
        def mbc(r, l):
            """Average price of each city with at least `l` sales."""
            p = {}
            for q in r:
                p.setdefault(q["city"], []).append(q["price"])

            return {c: sum(s) / len(s) for c, s in p.items() if len(s) >= l}
        ''',
    ),
    "camelCase that hides built-ins": (
        _PLAIN,
        '''
        def meanByCity(list, min):
            """Average price of each city with at least `min` sales."""
            cityPrices = {}
            for oneRow in list:
                cityPrices.setdefault(oneRow["city"], []).append(oneRow["price"])

            return {str: sum(sold) / len(sold) for str, sold in cityPrices.items() if len(sold) >= min}
        ''',
    ),
    "no docstring": (
        _PLAIN,
        """
        def mean_by_city(rows, least):
            prices = {}
            for row in rows:
                prices.setdefault(row["city"], []).append(row["price"])

            return {city: sum(sold) / len(sold) for city, sold in prices.items() if len(sold) >= least}
        """,
    ),
    "deep nesting": (
        '''
        def first_valid(groups, wanted):
            """The first valid item of the kind that is wanted, or None."""
            for group in groups:
                if not group.active:
                    continue
                for item in group.items:
                    if item.kind == wanted and item.valid:
                        return item

            return None
        ''',
        '''
        def first_valid(groups, wanted):
            """The first valid item of the kind that is wanted, or None."""
            result = None
            for group in groups:
                if group.active:
                    if result is None:
                        for item in group.items:
                            if item.kind == wanted:
                                if item.valid:
                                    if result is None:
                                        result = item
            return result
        ''',
    ),
    "several statements in a line": (
        '''
        def normalise(values):
            """Scale values so that they lie between 0 and 1."""
            lowest = min(values)
            highest = max(values)
            if lowest == highest:
                return [0 for _ in values]

            return [(value - lowest) / (highest - lowest) for value in values]
        ''',
        '''
        def normalise(values):
            """Scale values so that they lie between 0 and 1."""
            lowest = min(values); highest = max(values)
            if lowest == highest: return [0 for _ in values]
            return [(value - lowest) / (highest - lowest) for value in values]
        ''',
    ),
    "all in one expression": (
        '''
        def normalise(values):
            """Scale values so that they lie between 0 and 1."""
            lowest = min(values)
            highest = max(values)
            if lowest == highest:
                return [0 for _ in values]

            return [(value - lowest) / (highest - lowest) for value in values]
        ''',
        '''
        def normalise(values):
            """Scale values so that they lie between 0 and 1."""
            return [(v - min(values)) / (max(values) - min(values)) if min(values) != max(values) else 0 for v in values]
        ''',
    ),
    "magic numbers": (
        '''
        ADULT = 18
        SENIOR = 67
        DISCOUNT = 0.35


        def ticket_price(age, price):
            """What a visitor of this age pays."""
            if age < ADULT or age >= SENIOR:
                return price * (1 - DISCOUNT)

            return price
        ''',
        '''
        def ticket_price(age, price):
            """What a visitor of this age pays."""
            if age < 18 or age >= 67:
                return price * 0.65

            return price
        ''',
    ),
    "code commented out": (
        '''
        def load_rows(path):
            """Rows of a table without those that name no customer."""
            table = pd.read_csv(path)
            table = table.dropna(subset=["customer"])

            return table.reset_index(drop=True)
        ''',
        '''
        def load_rows(path):
            """Rows of a table without those that name no customer."""
            table = pd.read_csv(path)
            # table = pd.read_excel(path)
            # table = table.head(100)
            table = table.dropna(subset=["customer"])
            # table.to_csv("out.csv")

            return table.reset_index(drop=True)
        ''',
    ),
    "long lines": (
        '''
        def describe(orders):
            """Sentences about the orders, the newest first."""
            newest = sorted(orders, key=lambda order: order.created, reverse=True)
            sentences = []
            for order in newest:
                total = sum(line.price * line.count for line in order.lines)
                sentences.append(f"{order.customer} paid {total} on {order.created}")

            return sentences
        ''',
        '''
        def describe(orders):
            """Sentences about the orders, the newest first."""
            return [f"{order.customer} paid {sum(line.price * line.count for line in order.lines)} on {order.created}" for order in sorted(orders, key=lambda order: order.created, reverse=True)]
        ''',
    ),
    "no blank lines": (
        '''
        def split_rows(table, share):
            """Earlier rows to learn from and later rows to be judged by."""
            ordered = table.sort_values("day")
            edge = int(len(ordered) * share)

            earlier = ordered.iloc[:edge]
            later = ordered.iloc[edge:]

            return earlier, later
        ''',
        '''
        def split_rows(table, share):
            """Earlier rows to learn from and later rows to be judged by."""
            ordered = table.sort_values("day")
            edge = int(len(ordered) * share)
            earlier = ordered.iloc[:edge]
            later = ordered.iloc[edge:]
            return earlier, later
        ''',
    ),
    "a chain of comprehensions": (
        '''
        def common_words(texts, least):
            """Words that occur in at least `least` of the texts."""
            counts = Counter()
            for text in texts:
                counts.update(set(text.lower().split()))

            return {word for word, count in counts.items() if count >= least}
        ''',
        '''
        def common_words(texts, least):
            """Words that occur in at least `least` of the texts."""
            return {w for w in {x for t in texts for x in t.lower().split()} if sum(1 for t in texts if w in {y for y in t.lower().split()}) >= least}
        ''',
    ),
    "a swallowed error": (
        '''
        def read_settings(path):
            """Settings of a JSON file; none where there is no file."""
            try:
                text = path.read_text()
            except FileNotFoundError:
                return {}

            return json.loads(text)
        ''',
        '''
        def read_settings(path):
            """Settings of a JSON file; none where there is no file."""
            try:
                text = path.read_text()

                return json.loads(text)
            except:
                return {}
        ''',
    ),
    "no types": (
        '''
        def price_of(name: str, prices: dict[str, float]) -> float:
            """The price of an article by its name."""
            if name not in prices:
                raise KeyError(f"no price is known for {name}")

            return prices[name]
        ''',
        '''
        def price_of(name, prices):
            """The price of an article by its name."""
            if name not in prices:
                raise KeyError(f"no price is known for {name}")

            return prices[name]
        ''',
    ),
    "prints on the way": (
        '''
        def total(lines):
            """What all lines of an order cost together."""
            cost = 0
            for line in lines:
                cost += line.price * line.count

            return cost
        ''',
        '''
        def total(lines):
            """What all lines of an order cost together."""
            print("start")
            cost = 0
            for line in lines:
                print(line)
                cost += line.price * line.count
            print("cost", cost)

            return cost
        ''',
    ),
    "no spaces": (
        '''
        def distance(first, second):
            """How far two points of the plane are from each other."""
            width = first.x - second.x
            height = first.y - second.y

            return (width ** 2 + height ** 2) ** 0.5
        ''',
        '''
        def distance(first,second):
          """How far two points of the plane are from each other."""
          width=first.x-second.x
          height=first.y-second.y

          return (width**2+height**2)**0.5
        ''',
    ),
    "a list as default": (
        '''
        def with_label(name, labels=None):
            """Labels of an article and its name among them."""
            known = list(labels or [])
            known.append(name)

            return known
        ''',
        '''
        def with_label(name, labels=[]):
            """Labels of an article and its name among them."""
            known = labels
            known.append(name)

            return known
        ''',
    ),
    "a ladder of branches": (
        '''
        DAYS = {"mon": 1, "tue": 2, "wed": 3}


        def day_number(name):
            """The number of a day by the first letters of its name."""
            if name not in DAYS:
                raise ValueError(f"{name} is no working day")

            return DAYS[name]
        ''',
        '''
        def day_number(name):
            """The number of a day by the first letters of its name."""
            if name == "mon":
                return 1
            else:
                if name == "tue":
                    return 2
                else:
                    if name == "wed":
                        return 3
                    else:
                        if name == "":
                            return -1
                        else:
                            return 0
        ''',
    ),
    "global state": (
        '''
        def counted(events):
            """How often each kind of event occurs."""
            counts = {}
            for event in events:
                counts[event.kind] = counts.get(event.kind, 0) + 1

            return counts
        ''',
        '''
        counts = {}


        def counted(events):
            """How often each kind of event occurs."""
            global counts, last
            for event in events:
                counts[event.kind] = counts.get(event.kind, 0) + 1
                last = event

            return counts
        ''',
    ),
    "the same lines again": (
        '''
        def ranges(table, columns):
            """The lowest and highest value of each column, blanks left out."""
            found = {}
            for column in columns:
                values = table[column].dropna()
                found[column] = (values.min(), values.max())

            return found
        ''',
        '''
        def ranges(table):
            """The lowest and highest value of each column, blanks left out."""
            found = {}
            values1 = table["age"].dropna()
            found["age"] = (values1.min(), values1.max(), values1.mean(), values1.std(), values1.count(), len(values1))
            values2 = table["pay"].dropna()
            found["pay"] = (values2.min(), values2.max(), values2.mean(), values2.std(), values2.count(), len(values2))
            values3 = table["tax"].dropna()
            found["tax"] = (values3.min(), values3.max(), values3.mean(), values3.std(), values3.count(), len(values3))
            values4 = table["sum"].dropna()
            found["sum"] = (values4.min(), values4.max(), values4.mean(), values4.std(), values4.count(), len(values4))

            return found
        ''',
    ),
    "all of it": (
        _PLAIN,
        """
        def f(l,n):
          d={}
          for x in l:
             if x['c'] in d: d[x['c']].append(x['p'])
             else: d[x['c']]=[x['p']]
          # print(d)
          return dict([(k,sum(d[k])/len(d[k])) for k in d if len(d[k])>=n and n!=7])
        """,
    ),
}

PAIRS = {what: tuple(dedent(text).lstrip("\n") for text in pair) for what, pair in _PAIRS.items()}
#: Functions that differ in more than one way, the most readable first.
RANKED = (PAIRS["one-letter names"][0], PAIRS["no docstring"][1], PAIRS["one-letter names"][1], PAIRS["all of it"][1])
