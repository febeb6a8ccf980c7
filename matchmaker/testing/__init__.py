"""What a test suite for matchmaker needs: shipped, so that other stores and installations can use it too."""
