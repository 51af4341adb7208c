"""Writes the SQLite databases of the tests with the real SQLite: python3 generate.py

Row i holds size(i) bytes, of which byte j is (i + j) % 251; every seventh row is deleted again, so that
pages become free. rpm-4.18.sqlite.gz was written by rpm itself: three packages installed, one erased.
"""
import gzip, os, sqlite3, tempfile

def write(name, page, rows, largest):
    path = os.path.join(tempfile.mkdtemp(), "db")
    db = sqlite3.connect(path)
    db.execute("PRAGMA page_size = %d" % page)
    for other in range(12):  # tables in front, so that the schema needs several small pages
        db.execute("CREATE TABLE other%d (key TEXT, value INTEGER, more TEXT DEFAULT 'a text that fills the schema')" % other)
    db.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    for i in range(1, rows + 1):
        size = 1 + i * i * 37 % largest
        db.execute("INSERT INTO Packages VALUES (?, ?)", (i, bytes((i + j) % 251 for j in range(size))))
    db.execute("DELETE FROM Packages WHERE hnum % 7 = 0")
    db.commit()
    db.close()
    with open(path, "rb") as f, gzip.GzipFile(name, "wb", mtime=0) as out:
        out.write(f.read())

write("page512.sqlite.gz", 512, 400, 3000)
write("page4096.sqlite.gz", 4096, 300, 9000)
write("page65536.sqlite.gz", 65536, 20, 200000)
