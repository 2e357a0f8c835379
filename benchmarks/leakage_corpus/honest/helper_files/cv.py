from sklearn.model_selection import GroupKFold

class ForwardGroupKFold:
    """GroupKFold that throws away late training rows and early test rows."""
    def __init__(self, n_splits, time, first_test):
        self.n_splits, self.time, self.first_test = n_splits, time, first_test
    def get_n_splits(self, X=None, y=None, groups=None):
        return self.n_splits
    def split(self, X, y=None, groups=None):
        late = (self.time >= self.first_test).to_numpy()
        for a, b in GroupKFold(self.n_splits).split(X, y, groups):
            yield a[~late[a]], b[late[b]]
