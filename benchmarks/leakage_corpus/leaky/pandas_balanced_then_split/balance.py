import pandas as pd


def balance(df, target="churned", seed=3):
    """As many leavers as stayers."""
    stay, leave = df[df[target] == 0], df[df[target] == 1]
    return pd.concat([stay, leave.sample(n=len(stay), replace=True, random_state=seed)], ignore_index=True)
