"""What sentences say about an invoice; a part that is not named here must be empty."""

from dataclasses import asdict

import pytest

from bot.tools.invoice_words import InvoiceWords, added, answer_to, read_invoice

NUMBER = "91310000MA1K35XXXX"
COMPANY = {"buyer": "company", "title": "上海某某有限公司", "tax_number": NUMBER}
ACME = {"buyer": "company", "title": "Acme Trading Ltd", "tax_number": NUMBER}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f"开公司发票 抬头上海某某有限公司 税号 {NUMBER} 发到 a@b.com", {**COMPANY, "email": "a@b.com"}),
        (f"上海某某有限公司，{NUMBER}", COMPANY),
        (f"抬头：上海某某有限公司；税号：{NUMBER.lower()}", COMPANY),
        (f"税号错了，应该是{NUMBER}", {"buyer": "company", "tax_number": NUMBER}),
        ("抬头写错了，是上海某某有限公司", {"buyer": "company", "title": "上海某某有限公司"}),
        ("抬头写：上海兰溪（集团）有限公司", {"buyer": "company", "title": "上海兰溪（集团）有限公司"}),
        ("抬头：李华", {"title": "李华"}),
        ("118515开个发票，公司抬头", {"buyer": "company"}),
        ("要报销，需要发票", {"buyer": "company"}),
        ("发票抬头改成个人", {"buyer": "personal"}),
        ("个人抬头就行", {"buyer": "personal"}),
        ("发到 finance@x.com", {"email": "finance@x.com"}),
        ("我要开发票", {}),
        ("给118515开张发票", {}),
        (f"company invoice: Acme Trading Ltd, tax id {NUMBER}, email a@b.com", {**ACME, "email": "a@b.com"}),
        (f"please issue the invoice to Acme Trading Ltd, tax number {NUMBER}", ACME),
        ("invoice for 118461 made out to John Smith", {"title": "John Smith"}),
        ("personal please", {"buyer": "personal"}),
        ("my company name is wrong on the invoice", {"buyer": "company"}),
        ("can the bill be made out to my employer", {"buyer": "company"}),
        ("I need an invoice for order 118461", {}),
        ("invoice for 123456789012345678 please", {"buyer": "company", "tax_number": "123456789012345678"}),
    ],
)
def test_what_is_said(text: str, parts: dict[str, str]) -> None:
    assert {name: value for name, value in asdict(read_invoice(text)).items() if value} == parts


def test_another_buyer_makes_the_rest_void() -> None:
    company = InvoiceWords("company", "Acme Ltd", NUMBER, "a@b.com")
    assert added(company, InvoiceWords("personal")) == InvoiceWords("personal", email="a@b.com")


def test_an_answer_is_taken_as_it_is() -> None:
    assert answer_to("title", "就写李华") == InvoiceWords(title="李华")
    assert answer_to("title", "上海兰溪" * 30 + "有限公司").title == "上海兰溪" * 30 + "有限公司"
    assert answer_to("title", f"上海某某有限公司，税号{NUMBER}") == InvoiceWords(**COMPANY)
    assert answer_to("tax_number", "9131 0000").tax_number == "91310000"
    assert answer_to("email", "none") == InvoiceWords(email="none")
