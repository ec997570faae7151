"""The phone line: workers sign in here and enter what callers say. Its own process, cookies and database; it knows no letter."""
