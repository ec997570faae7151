"""What the station prints: custodians' sheets and the card's leaflet, as PDF, or as HTML where a system library is missing."""
