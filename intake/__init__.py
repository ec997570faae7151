"""The online side: takes sealed letters and hands them on. It never holds a panel key and cannot open what it stores."""
