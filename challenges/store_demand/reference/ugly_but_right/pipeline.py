import pandas as pd, numpy as np, pickle, os, sys, json
from sklearn.ensemble import *
from sklearn.metrics import *
from sklearn.linear_model import LinearRegression
import warnings
warnings.filterwarnings('ignore')

M = None
cols = None
tmp = []

def train(data, model_dir):
    global M, cols
    df = data.copy()
    df = df.drop_duplicates()
    print('rows', len(df))
    df['d'] = pd.to_datetime(df['date'])
    df['wd'] = df['d'].dt.day_of_week
    df['doy'] = df['d'].dt.day_of_year
    df['e'] = df['d'].dt.year.map({2022: '2022-04-17', 2023: '2023-04-09', 2024: '2024-03-31'})
    df['e'] = (pd.to_datetime(df['e']) - df['d']).dt.days
    df['e'] = np.where((df['e'] > 0) & (df['e'] <= 14), df['e'], 20)
    df['age'] = (df['d'] - pd.to_datetime(df['opened_on'])).dt.days
    df['age'] = np.where(df['age'] > 365, 365, df['age'])
    df['sh'] = np.where(df['date'] < '2023-12-01', df['shelf_units']*6, df['shelf_units'])
    df['sh'] = np.log(df['sh'] + 1)
    df['sz'] = np.log(df['size_m2'])
    df['k'] = df['format'].apply(lambda x: 0 if x == 'supermarket' else (1 if x == 'city' else 2))
    df['ar'] = df['area'].apply(lambda x: 0 if x == 'city' else (1 if x == 'suburb' else 2))
    for v in ['north','south','east','west']:
        df['r_'+v] = (df['region'] == v)*1
    for v in ['rye bread','butter rolls','whole milk','eggs','apples','salad','lager','lemonade','chocolate','ice cream','candles','umbrellas']:
        df['a_'+v] = (df['article'].str.lower() == v)*1
    # sold out -> scale up to 20 o'clock
    h = df['sold_out_hour'] - 8
    h = np.where(h < 1, 1, h)
    h = np.where(np.isnan(h), 12, h)
    df['y'] = np.log(1 + (df['units'] + df['returned_units']) * 12 / h)
    cols = ['wd','doy','e','age','sh','sz','k','ar','price_eur','discount','in_leaflet'] + [q for q in df.columns if q.startswith('r_') or q.startswith('a_')]
    m = HistGradientBoostingRegressor(max_iter=220, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=25, random_state=1)
    m.fit(df[cols], df['y'])
    M = m
    pickle.dump((m, cols), open(str(model_dir) + '/m.pkl', 'wb'))
    print('done')
    try:
        print(mean_absolute_error(np.exp(df['y']), np.exp(m.predict(df[cols]))))
    except:
        pass

def evaluate(data):
    df = data.copy()
    df = df.drop_duplicates()
    df = df.reset_index(drop=True)
    df['d'] = pd.to_datetime(df['date'])
    df['wd'] = df['d'].dt.day_of_week
    df['doy'] = df['d'].dt.day_of_year
    df['e'] = df['d'].dt.year.map({2022: '2022-04-17', 2023: '2023-04-09', 2024: '2024-03-31'})
    df['e'] = (pd.to_datetime(df['e']) - df['d']).dt.days
    df['e'] = np.where((df['e'] > 0) & (df['e'] <= 14), df['e'], 20)
    df['age'] = (df['d'] - pd.to_datetime(df['opened_on'])).dt.days
    df['age'] = np.where(df['age'] > 365, 365, df['age'])
    df['sh'] = np.where(df['date'] < '2023-12-01', df['shelf_units']*6, df['shelf_units'])
    df['sh'] = np.log(df['sh'] + 1)
    df['sz'] = np.log(df['size_m2'])
    df['k'] = df['format'].apply(lambda x: 0 if x == 'supermarket' else (1 if x == 'city' else 2))
    df['ar'] = df['area'].apply(lambda x: 0 if x == 'city' else (1 if x == 'suburb' else 2))
    for v in ['north','south','east','west']:
        df['r_'+v] = (df['region'] == v)*1
    for v in ['rye bread','butter rolls','whole milk','eggs','apples','salad','lager','lemonade','chocolate','ice cream','candles','umbrellas']:
        df['a_'+v] = (df['article'].str.lower() == v)*1
    # sold out -> scale up to 20 o'clock
    h = df['sold_out_hour'] - 8
    h = np.where(h < 1, 1, h)
    h = np.where(np.isnan(h), 12, h)
    df['y'] = np.log(1 + (df['units'] + df['returned_units']) * 12 / h)
    cc = ['wd','doy','e','age','sh','sz','k','ar','price_eur','discount','in_leaflet'] + [q for q in df.columns if q.startswith('r_') or q.startswith('a_')]
    ids = df['store_id'].unique()
    ids.sort()
    rs = np.random.RandomState(5)
    rs.shuffle(ids)
    yy = []
    pp = []
    # 2 of 5 stores are new, last 2 months
    for i in range(0, 5, 2):
        te = set(ids[i::5]) | set(ids[(i+1)%5::5])
        a = df[(~df['store_id'].isin(te)) & (df['date'] < '2024-01-01')]
        b = df[df['date'] >= '2024-01-01']
        m = HistGradientBoostingRegressor(max_iter=220, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=25, random_state=1)
        m.fit(a[cc], a['y'])
        yy += list(np.exp(b['y']) - 1)
        pp += list(np.exp(m.predict(b[cc])) - 1)
    s = mean_absolute_error(yy, pp)
    print('MAE!!!', s)
    return {'mae': s}

def predict(data, model_dir):
    m, cols = pickle.load(open(str(model_dir) + '/m.pkl', 'rb'))
    df = data.copy()
    df['d'] = pd.to_datetime(df['date'])
    df['wd'] = df['d'].dt.day_of_week
    df['doy'] = df['d'].dt.day_of_year
    df['e'] = df['d'].dt.year.map({2022: '2022-04-17', 2023: '2023-04-09', 2024: '2024-03-31'})
    df['e'] = (pd.to_datetime(df['e']) - df['d']).dt.days
    df['e'] = np.where((df['e'] > 0) & (df['e'] <= 14), df['e'], 20)
    df['age'] = (df['d'] - pd.to_datetime(df['opened_on'])).dt.days
    df['age'] = np.where(df['age'] > 365, 365, df['age'])
    df['sh'] = np.where(df['date'] < '2023-12-01', df['shelf_units']*6, df['shelf_units'])
    df['sh'] = np.log(df['sh'] + 1)
    df['sz'] = np.log(df['size_m2'])
    df['k'] = df['format'].apply(lambda x: 0 if x == 'supermarket' else (1 if x == 'city' else 2))
    df['ar'] = df['area'].apply(lambda x: 0 if x == 'city' else (1 if x == 'suburb' else 2))
    for v in ['north','south','east','west']:
        df['r_'+v] = (df['region'] == v)*1
    for v in ['rye bread','butter rolls','whole milk','eggs','apples','salad','lager','lemonade','chocolate','ice cream','candles','umbrellas']:
        df['a_'+v] = (df['article'].str.lower() == v)*1
    r = np.exp(m.predict(df[cols])) - 1
    #print(r)
    return r
